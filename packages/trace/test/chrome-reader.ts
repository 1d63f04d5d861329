// Reads Chrome trace-event JSON by what "Trace Event Format" (Google, 2016) says of it. It knows
// nothing of Tickless, so that it finds what a viewer would stumble over.

/** An event of the format. */
export interface ChromeEntry {
  readonly ph: string;
  readonly pid?: number;
  readonly tid?: number;
  readonly ts: number;
  readonly dur?: number;
  readonly name: string;
  readonly cat?: string;
  readonly id?: number;
  readonly bp?: string;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** The "JSON Object Format". */
export interface ChromeFile {
  readonly traceEvents: readonly ChromeEntry[];
  readonly displayTimeUnit?: string;
  readonly otherData?: unknown;
}

/** Half of what viewers tell apart: a nanosecond, in microseconds. */
const EPSILON = 0.0005;

function endOf({ ts, dur = 0 }: ChromeEntry): number {
  return ts + dur;
}

function problemsOf(entry: ChromeEntry): string[] {
  const problems: string[] = [];
  const need = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${what}: ${JSON.stringify(entry)}`);
  };
  need(typeof entry.name === "string" && entry.name !== "", "no name");
  need(Number.isInteger(entry.pid), "no pid");
  if (entry.ph === "M") {
    need(/^(?:process|thread)_(?:name|sort_index)$/.test(entry.name), "unknown metadata");
    return problems;
  }
  need(Number.isFinite(entry.ts) && entry.ts >= 0, "no ts");
  if (entry.ph !== "C") need(Number.isInteger(entry.tid), "no tid");
  if (entry.ph === "X") need(Number.isFinite(entry.dur) && (entry.dur ?? -1) >= 0, "no dur");
  else if (entry.ph === "i") need(["g", "p", "t"].includes(entry.s ?? ""), "no scope");
  else if (entry.ph === "s" || entry.ph === "f") need(entry.id !== undefined, "no id");
  else if (entry.ph === "C") {
    const values = Object.values(entry.args ?? {});
    need(values.length > 0 && values.every(Number.isFinite), "a counter without numbers");
  } else need(false, "unknown phase");
  return problems;
}

/** Slices of one track either lie in one another or do not touch. */
function overlaps(slices: readonly ChromeEntry[]): string[] {
  const sorted = slices.toSorted((a, b) => a.ts - b.ts || endOf(b) - endOf(a));
  const open: ChromeEntry[] = [];
  const problems: string[] = [];
  for (const slice of sorted) {
    while (open.length > 0 && endOf(open.at(-1) as ChromeEntry) <= slice.ts + EPSILON) open.pop();
    const around = open.at(-1);
    if (around !== undefined && endOf(slice) > endOf(around) + EPSILON) {
      problems.push(`overlap: ${JSON.stringify(around)} ${JSON.stringify(slice)}`);
    }
    open.push(slice);
  }
  return problems;
}

function flowProblems(file: ChromeFile): string[] {
  const starts = file.traceEvents.filter(({ ph }) => ph === "s");
  const ends = file.traceEvents.filter(({ ph }) => ph === "f");
  const problems: string[] = [];
  const slices = file.traceEvents.filter(({ ph }) => ph === "X");
  for (const flow of [...starts, ...ends]) {
    const enclosing = slices.some(
      (slice) =>
        slice.tid === flow.tid &&
        slice.ts <= flow.ts + EPSILON &&
        endOf(slice) >= flow.ts - EPSILON,
    );
    if (!enclosing) problems.push(`no slice for ${JSON.stringify(flow)}`);
  }
  for (const start of starts) {
    const end = ends.filter(({ id }) => id === start.id);
    if (end.length !== 1 || (end[0]?.ts ?? -1) < start.ts || end[0]?.bp !== "e") {
      problems.push(`no end for ${JSON.stringify(start)}`);
    }
  }
  if (starts.length !== ends.length) problems.push("ends without starts");
  return problems;
}

/** What is wrong with a file, in words. */
export function checkChrome(file: ChromeFile): string[] {
  const problems = file.traceEvents.flatMap(problemsOf);
  const named = new Set(
    file.traceEvents.filter(({ name }) => name === "thread_name").map(({ tid }) => tid),
  );
  for (const entry of file.traceEvents) {
    if (entry.tid !== undefined && !named.has(entry.tid))
      problems.push(`track ${entry.tid} has no name`);
  }
  for (const tid of named) {
    problems.push(
      ...overlaps(file.traceEvents.filter((entry) => entry.ph === "X" && entry.tid === tid)),
    );
  }
  return [...problems, ...flowProblems(file)];
}

/** What the tracks are called. */
export function namesOfTracks(file: ChromeFile): Set<unknown> {
  return new Set(
    file.traceEvents.filter(({ name }) => name === "thread_name").map(({ args }) => args?.["name"]),
  );
}

/** The slices on the track of this name, in the order of the file. */
export function slicesOn(file: ChromeFile, name: string): ChromeEntry[] {
  const track = file.traceEvents.find(
    (entry) => entry.name === "thread_name" && entry.args?.["name"] === name,
  );
  return file.traceEvents.filter(({ ph, tid }) => ph === "X" && tid === track?.tid);
}
