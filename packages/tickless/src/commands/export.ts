import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { once } from "node:events";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Exporter } from "@tickless/trace";
import { CommandError, EXIT_CODES } from "../failure.ts";
import { installationIn } from "../installation.ts";
import { type Position, positionOf, windowIn } from "../position.ts";
import { columnsOf } from "../terminal.ts";
import { checkTask, checkTraceFile, loadTrace } from "../trace-file.ts";
import { textOf } from "../values.ts";

interface Options {
  readonly to?: string;
  readonly out?: string;
  readonly force?: true;
  readonly from?: Position;
  readonly until?: Position;
  readonly task?: string;
}

/** Characters that are written in one call. */
const CHUNK = 65_536;

const EXAMPLES = `
Positions: a number is an event, \`t=50\` is the last event that has happened when time 50 is over.

Examples:
  tickless export pipeline.trace --to chrome --out pipeline.json    then open it in Perfetto
  tickless export pipeline.trace --to mermaid --from 120 --until 160
  tickless export pipeline.trace --to ndjson | jq 'select(.kind == "operation")'`;

const readOut = textOf("--out", "the file to write", "run.json");
const readTask = textOf("--task", "the path of a task", "main/worker-1");

/** What the copy of Tickless that is used in this folder can write. */
async function formatsText(): Promise<string> {
  const tickless = installationIn(process.cwd());
  if (!tickless.has("@tickless/trace")) return "";
  const { exporters } = await tickless.loadTrace();
  const widest = Math.max(...exporters.map(({ name }) => name.length));
  const lines = exporters.map(({ name, summary }) => `  ${name.padEnd(widest)}  ${summary}`);
  return `\nFormats:\n${lines.join("\n")}\n`;
}

/**
 * `tickless export TRACE --to FORMAT`: writes a recording for other tools. Only for the help are the
 * formats needed beforehand: else a copy of Tickless would be loaded before it is known which.
 */
export async function addExport(commands: Command, asksForHelp: boolean): Promise<void> {
  const formats = asksForHelp ? await formatsText() : "";
  commands
    .command("export")
    .summary("write a recording in a format for other tools")
    .description("Writes a recorded run, or a window of it, in a format that other tools read.")
    .argument("<trace>", "the recording: what `tickless run --record` wrote")
    .option("--to <format>", "the format: one of those below; it has to be given")
    .option("-o, --out <file>", "write to this file (default: standard output)", readOut)
    .option("-f, --force", "let --out overwrite a file")
    .option("--from <position>", "from this event or time on", positionOf("--from"))
    .option("--until <position>", "up to and with this event or time", positionOf("--until"))
    .option("-t, --task <path>", "only this task and the tasks that it started", readTask)
    .addHelpText("after", `${formats}${EXAMPLES}\n${EXIT_CODES}`)
    .action(exportTrace);
}

function exporterOf(to: string | undefined, exporters: readonly Exporter[]): Exporter {
  const exporter = exporters.find(({ name }) => name === to);
  if (exporter !== undefined) return exporter;
  const names = exporters.map(({ name }) => name);
  throw new CommandError(
    "ERR_OPTION_VALUE",
    `Expected \`--to\` to be one of ${names.join(", ")}, got ${to === undefined ? "none" : `\`${to}\``}. ` +
      `Write for example \`--to ${names.includes("chrome") ? "chrome" : (names[0] ?? "")}\`.`,
  );
}

async function exportTrace(file: string, options: Options): Promise<void> {
  const { to, out, force = false, task } = options;
  const tickless = installationIn(process.cwd());
  const module = await tickless.loadTrace();
  const exporter = exporterOf(to, module.exporters);
  checkTraceFile(file);
  if (out !== undefined) checkOut(out, file, force);
  const trace = await loadTrace(file, tickless);
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
