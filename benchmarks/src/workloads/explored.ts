import type * as Engine from "../engine/explored.ts";
import type { Program } from "../program.ts";
import type { Variant, Workload } from "../workload.ts";

const engine = (name: keyof typeof Engine) => async (): Promise<Program> =>
  (await import("../engine/explored.ts"))[name];

/** `bound`: schedules a second at 20 steps. */
const variant = (name: keyof typeof Engine, bound: number): Variant => ({
  engine: engine(name),
  sizes: [6, 20, 60].map((steps) => ({ tasks: steps, events: 20_000 })),
  targets: [{ figure: "rate", tasks: 20, bound }],
});

/** How many schedules of a program are run in a second. Its sizes are steps, its events schedules. */
export const explored: readonly Workload[] = [
  {
    id: "W7",
    group: "W7",
    about:
      "explore: schedules of a program of so many steps, by the default strategy, choices kept",
    measures: "speed",
    quick: { tasks: 6, events: 2_000 },
    variants: {
      async: variant("exploredAsync", 20_000),
      generator: variant("exploredGenerators", 50_000),
    },
  },
];
