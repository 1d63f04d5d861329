import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Command } from "commander";
import { exporters } from "@tickless/trace/exporters";
import { CommandError, EXIT_CODES } from "../failure.ts";
import { installationIn } from "../installation.ts";
import { type Position, positionOf, windowIn } from "../position.ts";
import { columnsOf } from "../terminal.ts";
import { checkTask, checkTraceFile, loadTrace } from "../trace-file.ts";
import { textOf } from "../values.ts";

interface Options {
  readonly to: string;
  readonly out?: string;
  readonly force?: true;
  readonly from?: Position;
  readonly until?: Position;
  readonly task?: string;
}

/** Characters that are written in one call. */
const CHUNK = 65_536;

// For the help. The exporters need nothing of core, so this makes no second copy of it; what is written
// comes from the copy that reads the trace.
const names = exporters.map(({ name }) => name);
const widest = Math.max(...names.map(({ length }) => length));

const FORMATS = `
Formats:
${exporters.map(({ name, summary }) => `  ${name.padEnd(widest)}  ${summary}`).join("\n")}`;

const EXAMPLES = `
Positions: a number is an event, \`t=50\` is the last event that has happened when time 50 is over.

Examples:
  tickless export pipeline.trace --to chrome --out pipeline.json    then open it in Perfetto
  tickless export pipeline.trace --to mermaid --from 120 --until 160
  tickless export pipeline.trace --to ndjson | jq 'select(.kind == "operation")'`;

const readOut = textOf("--out", "the file to write", "run.json");
const readTask = textOf("--task", "the path of a task", "main/worker-1");

/** `tickless export TRACE --to FORMAT`: writes a recording for other tools. */
export function addExport(commands: Command): void {
  commands
    .command("export")
    .summary("write a recording in a format for other tools")
    .description("Writes a recorded run, or a window of it, in a format that other tools read.")
    .argument("<trace>", "the recording: what `tickless run --record` wrote")
    .requiredOption("--to <format>", "the format: one of those below", readFormat)
    .option("-o, --out <file>", "write to this file (default: standard output)", readOut)
    .option("-f, --force", "let --out overwrite a file")
    .option("--from <position>", "from this event or time on", positionOf("--from"))
    .option("--until <position>", "up to and with this event or time", positionOf("--until"))
    .option("-t, --task <path>", "only this task and the tasks that it started", readTask)
    .addHelpText("after", `${FORMATS}\n${EXAMPLES}\n${EXIT_CODES}`)
    .action(exportTrace);
}

function readFormat(text: string): string {
  if (names.includes(text)) return text;
  throw new CommandError(
    "ERR_OPTION_VALUE",
    `Expected \`--to\` to be one of ${names.join(", ")}, got \`${text}\`. Write for example \`--to chrome\`.`,
  );
}

async function exportTrace(file: string, options: Options): Promise<void> {
  const { to, out, force = false, task } = options;
  checkTraceFile(file);
  if (out !== undefined) checkOut(out, file, force);
  const tickless = installationIn(process.cwd());
  const trace = await loadTrace(file, tickless);
  const module = await tickless.loadTrace();
  const exporter = module.exporters.find(({ name }) => name === to);
  if (exporter === undefined) {
    throw new CommandError(
      "ERR_NOT_INSTALLED",
      `The Tickless of this folder (${tickless.core}) has no format \`${to}\`. Update it: \`npm install tickless@latest\`.`,
    );
  }
  const travel = new module.TimeTravel(trace);
  if (task !== undefined) checkTask(task, travel, file);
  const { from, until } = options;
  const window = windowIn({ ...(from && { from }), ...(until && { to: until }) }, travel, file);
  const pieces = exporter.write(travel, { ...window, task, width: columnsOf(process.stdout) });
  if (out === undefined) await print(pieces);
  else save(out, pieces);
}

/** Pieces of text, joined to chunks. */
function* chunksOf(pieces: Iterable<string>): Generator<string, void, undefined> {
  let chunk = "";
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

/** No faster than it is read, since an export may be longer than memory. */
async function print(pieces: Iterable<string>): Promise<void> {
  for (const chunk of chunksOf(pieces)) {
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
  }
}

/** The file appears whole or not at all. */
function save(file: string, pieces: Iterable<string>): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const descriptor = openSync(temporary, "w");
    try {
      for (const chunk of chunksOf(pieces)) writeSync(descriptor, chunk);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new CommandError(
      "ERR_EXPORT_FILE",
      `Cannot write \`--out ${file}\`: ${(error as Error).message}. Name a file in a folder that you may write to.`,
    );
  }
}

function checkOut(out: string, trace: string, force: boolean): void {
  const stats = statSync(out, { throwIfNoEntry: false });
  const refuse = (why: string): never => {
    throw new CommandError("ERR_EXPORT_FILE", `\`--out ${out}\` ${why}`);
  };
  if (resolve(out) === resolve(trace)) refuse("would overwrite the trace. Name another file.");
  if (stats === undefined) return;
  if (!stats.isFile()) refuse("is not a file. Name a file, or leave `--out` out.");
  if (!force && stats.size > 0) refuse("is there already. Name another file, or add `--force`.");
}
