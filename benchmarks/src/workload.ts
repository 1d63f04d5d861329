import type { Check, Program, Size } from "./program.ts";

/** Who runs the tasks of a workload. */
export const KINDS = ["async", "async-reference", "generator", "generator-run"] as const;

/**
 * `async`: async functions under `run`. `async-reference`: the same with the drain that takes a
 * macrotask a step. `generator`: generators under `runSync`. `generator-run`: generators under `run`.
 */
export type Kind = (typeof KINDS)[number];

/** A workload as one kind of task runs it. */
export interface Variant {
  /** Loaded when it is measured, so that a bare loop's process holds nothing of the engine. */
  readonly engine: () => Promise<Program>;
  readonly bare: () => Promise<Program>;
  /** Least events/s of the engine as a part of those of the bare loop; for memory: most bytes a task. */
  readonly target: number;
  /** For memory: most bytes that the whole process may take at its peak. */
  readonly mostPeakBytes?: number;
  readonly sizes: readonly Size[];
}

/** One row of the specification, and everything that is needed to measure it. */
export interface Workload {
  readonly id: string;
  /** The workload of the specification; `--only` selects by this too. */
  readonly group: string;
  readonly about: string;
  readonly measures: "speed" | "memory";
  readonly quick: Size;
  readonly variants: { readonly [K in Kind]?: Variant };
  /** Throws if a check value that both programs agree on is wrong all the same. */
  readonly verify?: (check: Check, size: Size) => void;
}
