import type * as Engine from "../engine/mixed.ts";
import type { Program } from "../program.ts";
import type { Variant, Workload } from "../workload.ts";

type Name = Exclude<keyof typeof Engine, "mixedTasks">;

const engine = (name: Name) => async (): Promise<Program> =>
  (await import("../engine/mixed.ts"))[name];

/** There is no least program for it: a bare loop with all of this would be an engine. */
const alone = (name: Name): Variant => ({
  engine: engine(name),
  sizes: [{ tasks: 1_600, events: 160_000 }],
  targets: [],
});

/** The mixed workload. */
export const mixed: readonly Workload[] = [
  {
    id: "mixed",
    group: "mixed",
    about: "sleeps, queues, locks, semaphores, events, time-outs and gathers in one run",
    measures: "speed",
    quick: { tasks: 80, events: 4_000 },
    variants: {
      async: alone("inAsync"),
      generator: alone("inGenerators"),
      both: alone("inBoth"),
      "both-reference": alone("inBothReference"),
    },
  },
];
