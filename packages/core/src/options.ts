import { badRange, badType, checkInteger, checkNames, checkTime } from "./errors.ts";
import type { Future } from "./future.ts";
import type { Handle } from "./handle.ts";
import type { Jitter } from "./jitter.ts";
import type { Loop } from "./loop.ts";
import type { Policy } from "./policy.ts";
import type { Probe } from "./probe.ts";
import type { Task } from "./task.ts";
import type { AbortSignalLike } from "./host.ts";
import { environment, printError } from "./host.ts";

/**
 * Label of the time unit. It never changes arithmetic.
 *
 * @category Time
 */
export type TimeUnit = "ms" | "s" | "min" | "h" | "none";

/**
 * What the exception handler of a loop is told.
 *
 * @category Running
 */
export interface ExceptionContext {
  /** What happened. */
  readonly message: string;
  /** What was thrown. */
  readonly exception?: unknown;
  /** The future whose exception nobody has looked at. */
  readonly future?: Future<unknown>;
  /** The task concerned. */
  readonly task?: Task<unknown>;
  /** The callback that threw. */
  readonly handle?: Handle;
  /** In debug mode: where that was made, scheduled or waited, as lines of text with stacks. */
  readonly where?: string;
}

/**
 * Options of a loop.
 *
 * @category Running
 */
export interface LoopOptions {
  /** Root of all random streams; `1` equals `"1"`. Default: `"0"`, so that runs repeat. */
  readonly seed?: string | number | undefined;
  /** Virtual time at the start. Default: 0. */
  readonly start?: number | undefined;
  /** Label of the time unit in output. Default: `"ms"`. */
  readonly timeUnit?: TimeUnit | undefined;
  /** Observers. Default: none. */
  readonly probes?: readonly Probe[] | undefined;
  /** Who chooses among what is ready. Default: first in, first out, in passes. */
  readonly policy?: Policy | undefined;
  /**
   * Under a policy other than first in, first out, each timer that is armed for a time after now (`sleep`,
   * `callLater`, `timeout`, ambient timers …) is late by one of the parts of `upTo`, from none to all, as
   * the policy chooses (kind `jitter`, option 0: not late). Without such a policy it has no effect.
   * Default: no timer is late.
   */
  readonly jitter?: Jitter | undefined;
  /** `"reference"`: one macrotask a step, everywhere. Default: `"auto"`, the fastest exact drain. */
  readonly drain?: "auto" | "reference" | undefined;
  /** Most steps at one instant. Default: 10,000,000. */
  readonly maxStepsPerInstant?: number | undefined;
  /** Most steps of the run. Default: no limit. */
  readonly maxSteps?: number | undefined;
  /**
   * Reports forgotten coroutines, swallowed cancellations, slow steps and what is left over at the
   * end, and tells in reports and errors where things were made and where tasks wait. It changes
   * nothing in the run. Default: whether the environment variable `TICKLESS_DEBUG` is set, to anything
   * but 0.
   */
  readonly debug?: boolean | undefined;
  /** In debug mode: a step that takes so long in real time, in ms, is logged. Default: 100. */
  readonly slowStepMs?: number | undefined;
  /** Where reports go that no exception handler takes. Default: standard error. */
  readonly log?: ((message: string) => void) | undefined;
  /** Learns of exceptions that no code of the program can catch. */
  readonly exceptionHandler?: ((loop: Loop, context: ExceptionContext) => void) | undefined;
}

/**
 * Options of `run` and `runSync`.
 *
 * @category Running
 */
export interface RunOptions extends LoopOptions {
  /** Cancels main when it aborts. */
  readonly signal?: AbortSignalLike | undefined;
}

/**
 * Options of `simulate` and `simulateSync`.
 *
 * @category Running
 */
export interface SimulateOptions extends RunOptions {
  /** Runs to the end of this time, also after main has ended, instead of to the end of main. */
  readonly until?: number | undefined;
}

/** Checked options with their defaults. */
export interface Settings {
  readonly seed: string;
  readonly start: number;
  readonly timeUnit: TimeUnit;
  readonly probes: readonly Probe[];
  readonly policy: Policy | null;
  /** null: no timer is ever late. */
  readonly jitter: Required<Jitter> | null;
  readonly drain: "auto" | "reference";
  readonly maxStepsPerInstant: number;
  readonly maxSteps: number;
  readonly debug: boolean;
  readonly slowStepMs: number;
  readonly log: (message: string) => void;
  readonly exceptionHandler: ((loop: Loop, context: ExceptionContext) => void) | undefined;
}

function oneOf<T extends string>(name: string, value: T | undefined, allowed: readonly T[]): T {
  if (value === undefined) return allowed[0] as T;
  if (!allowed.includes(value)) throw badRange(name, `one of ${allowed.join(", ")}`, value);
  return value;
}

function optional<T>(name: string, value: T | undefined, type: string, fallback: T): T {
  if (value === undefined) return fallback;
  if (typeof value !== type) throw badType(name, `a ${type}`, value);
  return value;
}

function seedOf(seed: unknown): string {
  if (seed === undefined) return "0";
  if (typeof seed === "string") return seed;
  if (typeof seed === "number" && Number.isFinite(seed)) return String(seed);
  throw badType("seed", "a string or a finite number", seed);
}

/** An AbortSignal, or anything that is one in all that matters. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (typeof (signal as AbortSignalLike | null)?.addEventListener === "function") return;
  throw badType("signal", "an AbortSignal", signal, "`new AbortController().signal` is one.");
}

/** Debug mode for a whole process: `TICKLESS_DEBUG=1`. */
function debugsByDefault(): boolean {
  const wish = environment("TICKLESS_DEBUG") ?? "";
  return wish !== "" && wish !== "0";
}

/** In ms of real time; Infinity: none is slow. */
function slowStepOf(limit: unknown): number {
  if (limit === undefined) return 100;
  if (typeof limit !== "number" || Number.isNaN(limit))
    throw badType("slowStepMs", "a number of ms", limit);
  if (limit < 0) throw badRange("slowStepMs", "a number of ms ≥ 0", limit);
  return limit;
}

function jitterOf(jitter: unknown): Required<Jitter> | null {
  if (jitter === undefined) return null;
  if (typeof jitter !== "object" || jitter === null) {
    throw badType("jitter", "an object with a number `upTo`", jitter, "`{ upTo: 5 }`.");
  }
  checkNames(jitter, ["upTo", "steps"]);
  const { upTo, steps = 4 } = jitter as Jitter;
  if (checkTime("jitter.upTo", upTo) <= 0) throw badRange("jitter.upTo", "a number > 0", upTo);
  return { upTo, steps: checkInteger("jitter.steps", steps, 1) };
}

/**
 * All that `LoopOptions`, `RunOptions` and `SimulateOptions` have, for functions that take options of their
 * own with them.
 *
 * @category For extenders
 */
export const optionNames: readonly (keyof SimulateOptions)[] = [
  "seed",
  "start",
  "timeUnit",
  "probes",
  "policy",
  "jitter",
  "drain",
  "maxStepsPerInstant",
  "maxSteps",
  "debug",
  "slowStepMs",
  "log",
  "exceptionHandler",
  "signal",
  "until",
];

/** Checks all options in one place and fills in the defaults. */
export function checkOptions(options: LoopOptions): Settings {
  checkNames(options, optionNames);
  const { probes = [], policy, start = 0, maxSteps = Infinity, maxStepsPerInstant = 1e7 } = options;
  const isProbe = (probe: unknown): boolean => typeof probe === "object" && probe !== null;
  if (!Array.isArray(probes) || !probes.every(isProbe)) {
    throw badType("probes", "an array of probes", probes, "A probe is an object with methods.");
  }
  if (policy !== undefined && typeof policy?.choose !== "function") {
    throw badType("policy", "an object with a method `choose`", policy);
  }
  return {
    seed: seedOf(options.seed),
    start: checkTime("start", start),
    timeUnit: oneOf("timeUnit", options.timeUnit, ["ms", "s", "min", "h", "none"]),
    probes: [...(probes as readonly Probe[])],
    policy: policy ?? null,
    jitter: jitterOf(options.jitter),
    drain: oneOf("drain", options.drain, ["auto", "reference"]),
    maxStepsPerInstant: checkInteger("maxStepsPerInstant", maxStepsPerInstant, 1, true),
    maxSteps: checkInteger("maxSteps", maxSteps, 1, true),
    debug: optional("debug", options.debug, "boolean", debugsByDefault()),
    slowStepMs: slowStepOf(options.slowStepMs),
    log: optional("log", options.log, "function", printError),
    exceptionHandler: optional("exceptionHandler", options.exceptionHandler, "function", undefined),
  };
}
