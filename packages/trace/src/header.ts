import { FORMAT_VERSION, type TraceHeader } from "./trace.ts";
import type { TraceReader } from "./trace-reader.ts";

type Loose = Readonly<Record<string, unknown>>;

const isText = (value: unknown): boolean => typeof value === "string";
const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value);
const isLimit = (value: unknown): boolean => value === null || isTime(value);

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
  ["options", "the options of a run", ({ options }) => isOptions(options)],
  ["program", "null or a program", ({ program }) => program === null || isProgram(program)],
];

function isOptions(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { until, maxSteps, maxStepsPerInstant, policy } = value as Loose;
  return (
    isLimit(until) &&
    isLimit(maxSteps) &&
    isLimit(maxStepsPerInstant) &&
    typeof policy === "boolean"
  );
}

function isProgram(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { file, export: name, args, digest } = value as Loose;
  return (
    isText(file) && isText(name) && isText(digest) && Array.isArray(args) && args.every(isText)
  );
}

function looksAt(line: string): Loose | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Loose) : null;
  } catch {
    return null;
  }
}

/** Reads the first line. The version comes first: a newer format may differ in all that follows. */
export function readHeader(reader: TraceReader): TraceHeader {
  const line = reader.take();
  const seen = looksAt(line);
  if (!line.startsWith('{"format":"tickless-trace"') && seen?.["format"] !== "tickless-trace") {
    throw reader.error(
      "ERR_TRACE_FORMAT",
      "this is not a trace of Tickless, or its first line is damaged. Traces are written by `tickless run FILE --record OUT`.",
    );
  }
  const version = seen?.["version"];
  if (typeof version === "number" && version > FORMAT_VERSION) {
    throw reader.error(
      "ERR_TRACE_VERSION",
      `this trace has format version ${version}, and this Tickless reads version ${FORMAT_VERSION}. A newer ` +
        `Tickless wrote it (${String(seen?.["engine"])}). Update: \`npm install tickless@latest\`.`,
    );
  }
  const { fields: _, ...header } = reader.value(line) as Loose;
  if (version !== FORMAT_VERSION)
    throw reader.error("ERR_TRACE_FORMAT", "the header has no format version.");
  for (const [where, what, holds] of shapes) {
    if (!holds(header))
      throw reader.error("ERR_TRACE_FORMAT", `expected \`${where}\` of the header to be ${what}.`);
  }
  return header as unknown as TraceHeader;
}
