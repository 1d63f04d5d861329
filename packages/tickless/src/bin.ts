import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addReplay } from "./commands/replay.ts";
import { addRun } from "./commands/run.ts";
import { addShow } from "./commands/show.ts";
import {
  CommandError,
  describeFailure,
  describeMistake,
  EXIT_CODES,
  EXIT_FAILED,
  EXIT_USAGE,
} from "./failure.ts";
import { LoadError } from "./program.ts";
import { colorsFor } from "./terminal.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** 128 and the number of SIGPIPE, as shells have it. */
const EXIT_BROKEN_PIPE = 141;

function commandLine(): Command {
  const commands = new Command("tickless")
    .description("Runs asynchronous programs in virtual time, records them and replays them.")
    .version(manifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", EXIT_CODES)
    // What goes wrong is printed in one place, below.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addRun(commands);
  addReplay(commands);
  addShow(commands);
  return commands;
}

/** `commander.unknownOption` becomes `ERR_UNKNOWN_OPTION`. */
function mistakeOf(error: CommanderError): CommandError {
  const name = error.code
    .replace(/^commander\./, "")
    .replaceAll(/[A-Z]/g, (capital) => `_${capital}`);
  const message = error.message.replace(/^error: /, "");
  return new CommandError(`ERR_${name.toUpperCase()}`, `${message}\nSee \`tickless --help\`.`);
}

function fail(error: unknown): void {
  const colors = colorsFor(process.stderr);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return;
    process.exitCode = EXIT_USAGE;
    // Without a command the help is the answer, and it has been printed.
    if (error.code === "commander.help") return;
    process.stderr.write(describeMistake(mistakeOf(error), colors));
  } else if (error instanceof CommandError) {
    process.exitCode = EXIT_USAGE;
    process.stderr.write(describeMistake(error, colors));
  } else if (error instanceof LoadError) {
    process.exitCode = EXIT_FAILED;
    process.stderr.write(`${describeFailure(error.cause, colors)}${error.message}\n`);
  } else {
    throw error;
  }
}

// `tickless show … | head`: whoever reads has enough. Ends as the signal would end other programs.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT_BROKEN_PIPE);
});

// Not awaited here: Node.js would complain of a program that stalls in words of its own. Nor is
// SIGINT handled, save where there is a recording to write: a step that never ends would keep a
// handler from running, but not the default.
commandLine().parseAsync().catch(fail);
