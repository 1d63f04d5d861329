import type { Drive } from "@tickless/core/kit";
import { TraceError } from "./errors.ts";
import { fieldNames } from "./event.ts";
import { lineCheck } from "./line-check.ts";
import { FORMAT_VERSION, MINOR_VERSION, type TraceHeader } from "./trace.ts";

type Loose = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === "string";
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isLimit = (value: unknown): boolean => value === null || isTime(value);

const DRIVES: readonly unknown[] = [
  "run",
  "runSync",
  "simulate",
  "simulateSync",
  "loop",
  "runner",
] satisfies Drive[];

/** What a header must look like, from the outside in. */
const shapes: readonly (readonly [
  where: string,
  what: string,
  holds: (header: Loose) => boolean,
])[] = [
  ["engine", "text", ({ engine }) => isText(engine)],
  ["seed", "text", ({ seed }) => isText(seed)],
  ["start", "a finite number", ({ start }) => isTime(start)],
  ["timeUnit", "text", ({ timeUnit }) => isText(timeUnit)],
  ["drive", `one of ${DRIVES.join(", ")}`, ({ drive }) => DRIVES.includes(drive)],
  ["options", "the options of a run", ({ options }) => isOptions(options)],
  ["program", "null or a program", ({ program }) => program === null || isProgram(program)],
];

function isOptions(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { until, maxSteps, maxStepsPerInstant, policy, jitter } = value as Loose;
  return (
    isLimit(until) &&
    isLimit(maxSteps) &&
    isLimit(maxStepsPerInstant) &&
    typeof policy === "boolean" &&
    (jitter === undefined || isJitter(jitter))
  );
}

function isJitter(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { upTo, steps } = value as Loose;
  return isTime(upTo) && isTime(steps);
}

function isProgram(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { file, export: name, args, digest, ambient = [], handOvers = false } = value as Loose;
  if (typeof handOvers !== "boolean") return false;
  return [file, name, digest].every(isText) && [args, ambient].every(areTexts);
}

const NEWLINE = 10;
/** Stands at the end of the line. */
const ENDING = /,"check":"([0-9a-f]{8})"\}$/;

/** The header as the first line of a file: JSON in ASCII, with a check over all that stands before it. */
export function writeHeader(header: TraceHeader): Uint8Array {
  const { format, version, ...rest } = header;
  const plain = JSON.stringify({
    format,
    version,
    minor: MINOR_VERSION,
    ...rest,
    kinds: fieldNames,
  })
    .slice(0, -1)
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- all that is no ASCII
      /[^\x00-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  const line = `${plain},"check":"${lineCheck(plain)}"}\n`;
  return Uint8Array.from(line, (unit) => unit.charCodeAt(0));
}

/** The first line of a file, and where the next one begins. */
export interface HeaderLine {
  readonly header: TraceHeader;
  /** Of the format that the file has; greater than `MINOR_VERSION` if a newer Tickless wrote it. */
  readonly minor: number;
  readonly next: number;
}

function looksAt(line: string): Loose | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Loose) : null;
  } catch {
    return null;
  }
}

/**
 * Reads the first line. The version comes first: a newer format may differ in all that follows.
 *
 * @param name what errors call the file
 */
export function readHeader(bytes: Uint8Array, name: string): HeaderLine {
  const error = (code: string, what: string): TraceError =>
    new TraceError(code, `${name}: ${what}`, 0);
  const newline = bytes.indexOf(NEWLINE);
  const line = asciiOf(
    bytes.subarray(0, newline === -1 ? Math.min(bytes.length, 65_536) : newline),
  );
  const seen = looksAt(line);
  if (!line.startsWith('{"format":"tickless-trace"') && seen?.["format"] !== "tickless-trace") {
    throw error(
      "ERR_TRACE_FORMAT",
      "this is not a trace of Tickless, or its first line is damaged. Traces are written by `tickless run FILE --record OUT`.",
    );
  }
  const version = seen?.["version"];
  if (typeof version === "number" && version > FORMAT_VERSION) {
    throw error(
      "ERR_TRACE_VERSION",
      `this trace has format version ${version}, and this Tickless reads version ${FORMAT_VERSION}. A newer ` +
        `Tickless wrote it (${String(seen?.["engine"])}), or its first line is damaged. Update: ` +
        "`npm install tickless@latest`.",
    );
  }
  const ending = ENDING.exec(line);
  if (newline === -1 || ending === null || lineCheck(line.slice(0, ending.index)) !== ending[1]) {
    throw error(
      "ERR_TRACE_DAMAGED",
      "the first line, which says what the trace is of, is cut off or is not what was written. Take " +
        "another copy, or record again.",
    );
  }
  const { kinds: _, check: __, minor, ...others } = seen as Loose;
  // The first traces did not say it.
  const header: Loose = "drive" in others ? others : { ...others, drive: "simulate" };
  if (version !== FORMAT_VERSION || typeof minor !== "number") {
    throw error("ERR_TRACE_FORMAT", "the header has no format version.");
  }
  for (const [where, what, holds] of shapes) {
    if (!holds(header))
      throw error("ERR_TRACE_FORMAT", `expected \`${where}\` of the header to be ${what}.`);
  }
  return { header: header as unknown as TraceHeader, minor, next: newline + 1 };
}

/** In parts: a call takes some tens of thousands of arguments at most. */
function asciiOf(bytes: Uint8Array): string {
  let line = "";
  for (let i = 0; i < bytes.length; i += 4096) {
    line += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return line;
}
