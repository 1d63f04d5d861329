import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addExport } from "./commands/export.ts";
import { addCheck } from "./commands/check.ts";
import { addDiff } from "./commands/diff.ts";
import { addExplore } from "./commands/explore.ts";
import { addReplay } from "./commands/replay.ts";
import { addRun } from "./commands/run.ts";
import { addShow } from "./commands/show.ts";
import { addShrink } from "./commands/shrink.ts";
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

async function commandLine(words: readonly string[]): Promise<Command> {
  const [first = "", ...others] = words;
  const asksForHelp = (name: string): boolean =>
    first === "help" || (first === name && others.some((word) => /^(-h|--help)$/.test(word)));
  const commands = new Command("tickless")
    .description("Runs asynchronous programs in virtual time, records them and replays them.")
    .version(manifest.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    // Commander's own says nothing of a command that there is not.
    .helpCommand(false)
    .addHelpText("after", EXIT_CODES)
    // What goes wrong is printed in one place, below.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  addRun(commands);
  addCheck(commands);
  await addExplore(commands, asksForHelp("explore"));
  addShrink(commands);
  addReplay(commands);
  addDiff(commands);
  addShow(commands);
  await addExport(commands, asksForHelp("export"));
  addHelp(commands);
  for (const command of commands.commands) {
    command.exitOverride((error) => {
      if (error.exitCode === 0) throw error;
      throw mistakeOf(error, command.name());
    });
  }
  return commands;
}

/** `tickless help COMMAND`. */
function addHelp(commands: Command): void {
  commands
    .command("help")
    .summary("print the help of a command")
    .description("Prints the help of a command, or an overview of all of them.")
    .argument("[command]", "the command")
    .action((name: string | undefined) => {
      const named = commands.commands.find((command) => command.name() === name);
      if (name !== undefined && named === undefined) {
        const names = commands.commands.map((command) => command.name()).join(", ");
        throw new CommandError(
          "ERR_UNKNOWN_COMMAND",
          `There is no command \`${name}\`. The commands: ${names}.`,
        );
      }
      (named ?? commands).outputHelp();
    });
}

/**
 * A mistake that commander has found, in `command` or before any. `commander.unknownOption` becomes
 * `ERR_UNKNOWN_OPTION`.
 */
function mistakeOf(error: CommanderError, command = ""): CommandError {
  const name = error.code
    .replace(/^commander\./, "")
    .replaceAll(/[A-Z]/g, (capital) => `_${capital}`);
  const message = error.message.replace(/^error: /, "");
  // What is not nearly an option of `run` was probably meant for the program.
  const ofProgram =
    command === "run" && name === "unknown_Option" && !message.includes("Did you mean")
      ? "\nWrite `--` before the program's own options: `tickless run program.ts -- --option`."
      : "";
  const help = ["tickless", command, "--help"].filter((word) => word !== "").join(" ");
  return new CommandError(`ERR_${name.toUpperCase()}`, `${message}${ofProgram}\nSee \`${help}\`.`);
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

// Not awaited here: Node.js would complain of a program that stalls in words of its own. Nor is SIGINT
// handled, save while a program runs: a step that never ends would keep a handler from running, but not
// the default.
commandLine(process.argv.slice(2))
  .then((commands) => commands.parseAsync())
  .catch(fail);
