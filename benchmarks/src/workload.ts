import type { Check, Program, Size } from "./program.ts";

/** Who runs a workload. */
export const KINDS = [
  "async",
  "async-reference",
  "generator",
  "generator-run",
  "both",
  "both-reference",
  "callbacks",
] as const;

/**
 * `async`: async functions under `run`. `async-reference`: the same with the drain that takes a
 * macrotask a step. `generator`: generators under `runSync`. `generator-run`: generators under `run`.
 * `both`: both kinds of body in one run. `callbacks`: no tasks, but callbacks of the loop.
 */
export type Kind = (typeof KINDS)[number];

/**
 * A figure that there can be a target for.
 *
 * - `ratio`: events/s of the engine as a part of those of the bare loop
 * - `rate`: events/s of the engine
 * - `growth`: events/s of the engine as a part of those with `FEW_TASKS` tasks
 * - `cost`: processor time that an event takes, as a multiple of what it takes without
 * - `bytes`: bytes that a sleeping task keeps
 * - `peak`: the largest resident set of the process, in bytes
 * - `kept`: bytes that are kept, as a multiple of what is kept of live timers alone
 * - `ms`: how long it takes
 * - `size`: bytes that an event takes in a trace
 */
export type FigureName =
  | "ratio"
  | "rate"
  | "growth"
  | "cost"
  | "bytes"
  | "peak"
  | "kept"
  | "ms"
  | "size";

/** What `../shared/design/targets.md` asks for. */
export interface Target {
  readonly figure: FigureName;
  /** The size at which it holds. */
  readonly tasks: number;
  /** The least, for `ratio`, `rate` and `growth`, or else the most that is allowed. */
  readonly bound: number;
}

/** With how many tasks a run is compared by `growth`. */
export const FEW_TASKS = 1_000;

/** A workload as one kind of task runs it. */
export interface Variant {
  /** Loaded when it is measured, so that a bare loop's process holds nothing of the engine. */
  readonly engine: () => Promise<Program>;
  /** What it is compared with. Absent: it is measured alone. */
  readonly bare?: () => Promise<Program>;
  readonly sizes: readonly Size[];
  readonly targets: readonly Target[];
}

/** One row of the specification, and everything that is needed to measure it. */
export interface Workload {
  readonly id: string;
  /** The workload of the specification; `--only` selects by this too. */
  readonly group: string;
  readonly about: string;
  /** `size`: the sum of its check values is that of the trace, in bytes. */
  readonly measures: "speed" | "memory" | "time" | "size";
  readonly quick: Size;
  readonly variants: { readonly [K in Kind]?: Variant };
  /** Throws if a check value that both programs agree on is wrong all the same. */
  readonly verify?: (check: Check, size: Size) => void;
}
