import type { Size } from "../program.ts";
import type { Kind } from "../workload.ts";

/** What of a program is watched. */
export type Watched =
  /** Bytes that an event allocates. */
  | "allocated"
  /** Bytes that a sleeping task, or a live timer, keeps. */
  | "kept"
  /** Events per second as a part of the bare loop's. */
  | "ratio";

/** A figure that no commit may make much worse. */
export interface Guarded {
  readonly watched: Watched;
  readonly workload: string;
  readonly kind: Kind;
  readonly size: Size;
}

/** `allocated W1 async`: by this it stands in `guard.json`. */
export function nameOf({ watched, workload, kind }: Guarded): string {
  return `${watched} ${workload} ${kind}`;
}

const timers: Size = { tasks: 100, events: 30_000 };
const messages: Size = { tasks: 2, events: 30_000 };
const sleepers: Size = { tasks: 10_000, events: 10_000 };

/** So short that some runs of it are not interrupted. */
const shortTimers: Size = { tasks: 100, events: 6_000 };
const shortMessages: Size = { tasks: 2, events: 6_000 };

/** All that is watched. Half a second each. */
export const GUARDED: readonly Guarded[] = [
  { watched: "allocated", workload: "W1", kind: "async", size: timers },
  { watched: "allocated", workload: "W1", kind: "generator", size: timers },
  { watched: "allocated", workload: "W2", kind: "async", size: messages },
  { watched: "allocated", workload: "W2", kind: "generator", size: messages },
  { watched: "allocated", workload: "W6", kind: "callbacks", size: timers },
  { watched: "allocated", workload: "W8-off", kind: "generator", size: timers },
  { watched: "allocated", workload: "W8-full", kind: "generator", size: timers },
  { watched: "kept", workload: "memory", kind: "async", size: sleepers },
  { watched: "kept", workload: "memory", kind: "generator", size: sleepers },
  { watched: "kept", workload: "W6-kept", kind: "callbacks", size: sleepers },
  { watched: "ratio", workload: "W1", kind: "async", size: shortTimers },
  { watched: "ratio", workload: "W1", kind: "generator", size: shortTimers },
  { watched: "ratio", workload: "W2", kind: "generator", size: shortMessages },
];
