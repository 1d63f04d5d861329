import type { SimulateOptions } from "@tickless/core";
import { badRange, badType, checkNames, optionNames, type Policy } from "@tickless/core/kit";
import { TraceError } from "./errors.ts";
import { isReproLine, parseRepro, type Repro, reproOf } from "./repro.ts";
import type { TraceProgram, TraceSource } from "./trace.ts";

/** What a replay takes from its source; giving it is refused. */
const RECORDED = ["seed", "start", "timeUnit", "maxSteps", "maxStepsPerInstant", "jitter"] as const;

/** How closely a replay keeps to its trace. */
export type ReplayMode = "strict" | "prefix" | "decisions";

/** A seed, with the options that the run had beside it. */
export type SeedSource = Omit<SimulateOptions, "policy" | "probes" | "signal"> & {
  /** Root of all random streams. */
  readonly seed: string | number;
};

/** What can be replayed: a trace, a repro line, or a seed with the options of the run. */
export type ReplaySource = TraceSource | SeedSource | string;

/** Where a replay stops and hands the run over. */
export type ReplayPoint =
  | {
      /**
       * Before this event: between two steps, since a step cannot be cut in two, and at the earliest
       * before the first step of main.
       */
      readonly event: number;
    }
  | {
      /** Before anything happens at this time or later. */
      readonly time: number;
    };

/** Options of a replay: those of `simulate` that the source does not fix. */
export interface ReplayOptions extends Omit<SimulateOptions, (typeof RECORDED)[number] | "until"> {
  /**
   * `strict`: stops before the effects of the first event that differs. `prefix`: follows the trace and,
   * where it ends or the run differs, goes on by the seed. `decisions`: takes choices and results of
   * `external` from the source and compares nothing. Default: `strict` for a trace; a repro line or a
   * seed has no events to compare, so for them it is `decisions`.
   */
  readonly mode?: ReplayMode | undefined;
  /** In mode `prefix`: the last event that is followed. Default: the last of the trace. */
  readonly follow?: number | undefined;
  /** In mode `prefix`: who chooses once the trace is left. Default: chance, by the seed. */
  readonly policy?: Policy | undefined;
  /** Stops there and hands the live run over. Default: goes on to the end. */
  readonly until?: ReplayPoint | undefined;
  /** Which program `main` is, to be held against the one that was recorded. Default: not compared. */
  readonly program?: TraceProgram | undefined;
  /** Replays with another program file than the recorded one. Default: false. */
  readonly force?: boolean | undefined;
  /** Where the trace was read from, for the commands that a report suggests. */
  readonly traceFile?: string | undefined;
  /**
   * Notes what the program asks of the host's timers, clocks and chance (`Date`, `Math.random`,
   * `performance.now`, `crypto`), so that a report can name it, with its place. Default: false.
   */
  readonly watch?: boolean | undefined;
}

/** A source that is one of two things: a trace, or what a repro line says. */
export type Course =
  | { readonly trace: TraceSource; readonly repro: null }
  | { readonly trace: null; readonly repro: Repro };

const HINT =
  "Read a trace with `readTrace(file)` or `openTrace(bytes)`, paste a repro line (`tk1:…`), or give a seed: `{ seed: 7 }`.";

/** Reads a source. */
export function courseOf(source: ReplaySource): Course {
  if (typeof source === "string" && isReproLine(source.trim())) {
    return { trace: null, repro: parseRepro(source) };
  }
  if (typeof source !== "object" || source === null) {
    throw badType("source", "a trace, a repro line or a seed", source, HINT);
  }
  if ("events" in source && typeof source.events === "function") {
    return { trace: source, repro: null };
  }
  const { seed } = source as SeedSource;
  if (typeof seed === "string" || typeof seed === "number") {
    return { trace: null, repro: reproOf(source as SeedSource) };
  }
  throw badType("source", "a trace, a repro line or a seed", source, HINT);
}

/** A loop that its program drives has no main that a replay could call. */
function checkDrive({ trace }: Course, mode: ReplayMode): void {
  const drive = trace?.header.drive;
  if (mode === "decisions" || (drive !== "loop" && drive !== "runner")) return;
  const how = drive === "loop" ? "drives a loop itself (`new Loop()`)" : "uses a Runner";
  throw new TraceError(
    "ERR_TRACE_DRIVE",
    `This trace is of a program that ${how}, so there is no one main that a replay could call again. It can ` +
      "be shown, searched, compared by `diff` and exported. To replay a run, record it with `record(main)`, " +
      "or with a recorder in the options of `run(main)`.",
  );
}

function refuse(name: string, value: unknown, why: string): void {
  if (value !== undefined) throw badType(`options.${name}`, "absent", value, why);
}

function checkMode(mode: ReplayMode, course: Course): void {
  if (!["strict", "prefix", "decisions"].includes(mode)) {
    throw badRange("options.mode", "strict, prefix or decisions", mode);
  }
  if (course.trace === null && mode !== "decisions") {
    throw badRange(
      "options.mode",
      "decisions for a repro line or a seed",
      mode,
      "They have no events to compare. Record the run: `record(main, options)`.",
    );
  }
}

/** Refuses options that a replay has not. What it takes from its source is refused with the reason, later. */
export function checkReplayNames(options: ReplayOptions): void {
  const own = ["mode", "follow", "program", "force", "traceFile", "watch"];
  checkNames(options, [...own, ...optionNames]);
}

/** Checks the options of a replay; answers its mode. */
export function checkReplayOptions(options: ReplayOptions, course: Course): ReplayMode {
  checkReplayNames(options);
  for (const name of RECORDED) {
    refuse(name, (options as SimulateOptions)[name], "A replay takes it from its source.");
  }
  const { mode = course.trace === null ? "decisions" : "strict", follow, policy, until } = options;
  checkMode(mode, course);
  checkDrive(course, mode);
  if (mode !== "prefix") {
    refuse("follow", follow, 'It belongs to `mode: "prefix"`.');
    refuse(
      "policy",
      policy,
      'A replay takes choices from its source; in `mode: "prefix"` it has one for later.',
    );
  }
  if (policy !== undefined && course.trace?.header.options.policy === false) {
    refuse(
      "policy",
      policy,
      "The recorded run was first in, first out, and so is what comes after it.",
    );
  }
  if (follow !== undefined && !(Number.isInteger(follow) && follow >= 0)) {
    throw badRange("options.follow", "the number of an event", follow);
  }
  if (until !== undefined && !isPoint(until)) {
    throw badType(
      "options.until",
      "`{ event }` or `{ time }`",
      until,
      "The time up to which the run goes comes from its source.",
    );
  }
  return mode;
}

function isPoint(until: unknown): until is ReplayPoint {
  if (typeof until !== "object" || until === null) return false;
  const { event, time } = until as { event?: unknown; time?: unknown };
  if (event === undefined) return typeof time === "number" && !Number.isNaN(time);
  return time === undefined && Number.isInteger(event) && (event as number) >= 1;
}
