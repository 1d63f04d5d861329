import type { Size } from "../program.ts";
import type { Target, Workload } from "../workload.ts";

const SLEEPERS = [100_000, 1_000_000] as const;

const sizes: readonly Size[] = SLEEPERS.map((tasks) => ({ tasks, events: tasks }));

/** `peak` is that of the process with 1,000,000 sleepers. */
function targets(bytes: number, peak: number): readonly Target[] {
  return [
    ...SLEEPERS.map((tasks): Target => ({ figure: "bytes", tasks, bound: bytes })),
    { figure: "peak", tasks: SLEEPERS[1], bound: peak },
  ];
}

/** Memory. */
export const memory: readonly Workload[] = [
  {
    id: "memory",
    group: "memory",
    about: "memory: tasks that all sleep at the same time",
    measures: "memory",
    quick: { tasks: 2_000, events: 2_000 },
    variants: {
      async: {
        engine: async () => (await import("../engine/sleepers.ts")).inAsync,
        bare: async () => (await import("../bare/sleepers.ts")).inAsync,
        sizes,
        targets: targets(1_400, 2e9),
      },
      generator: {
        engine: async () => (await import("../engine/sleepers.ts")).inGenerators,
        bare: async () => (await import("../bare/sleepers.ts")).inGenerators,
        sizes,
        targets: targets(500, 800e6),
      },
    },
  },
];
