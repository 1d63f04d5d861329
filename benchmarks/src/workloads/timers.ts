import type * as Bare from "../bare/timers.ts";
import type * as Engine from "../engine/timers.ts";
import type { Program, Size } from "../program.ts";
import { FEW_TASKS, type Target, type Variant, type Workload } from "../workload.ts";

type EngineProgram = Exclude<keyof typeof Engine, "asyncTimers" | "generatorTimers">;

const engine = (name: EngineProgram) => async (): Promise<Program> =>
  (await import("../engine/timers.ts"))[name];
const bare = (name: keyof typeof Bare) => async (): Promise<Program> =>
  (await import("../bare/timers.ts"))[name];

const MANY_TASKS = 100_000;

/**
 * Where 1,000 sleeps each would take minutes, each task sleeps less often. `most` is what 100,000 tasks
 * sleep in all: async functions take most of the time of all benchmarks there, and have the same rate
 * with 10 sleeps each as with 20; generators have not, since they are made nearly as slowly as they sleep.
 */
const sizes = (most: number): readonly Size[] => [
  { tasks: 1, events: 1_000 },
  { tasks: 100, events: 100_000 },
  { tasks: FEW_TASKS, events: 1_000_000 },
  { tasks: 10_000, events: 500_000 },
  { tasks: MANY_TASKS, events: most },
];
const ofAsync = sizes(1_000_000);
const ofGenerators = sizes(2_000_000);

/** The workload is defined with 1,000 tasks, so that is where its target holds. */
function targets(ratio: number): readonly Target[] {
  return [
    { figure: "ratio", tasks: FEW_TASKS, bound: ratio },
    { figure: "growth", tasks: MANY_TASKS, bound: 0.4 },
  ];
}

function variants(delays: "integer" | "exponential"): Workload["variants"] {
  const generators = bare(`${delays}Generators`);
  return {
    async: {
      engine: engine(`${delays}Async`),
      bare: bare(`${delays}Async`),
      sizes: ofAsync,
      targets: targets(0.75),
    },
    "async-reference": {
      engine: engine(`${delays}Reference`),
      bare: bare(`${delays}Reference`),
      sizes: ofAsync,
      targets: targets(0.8),
    },
    generator: {
      engine: engine(`${delays}Generators`),
      bare: generators,
      sizes: ofGenerators,
      targets: targets(0.5),
    },
    "generator-run": {
      engine: engine(`${delays}GeneratorsDrained`),
      bare: generators,
      sizes: ofGenerators,
      targets: targets(0.45),
    },
  };
}

/** Measured where every kind of wait has run before, so that the compiler assumes nothing. */
function afterMixed(variant: Variant | undefined): Variant {
  if (variant === undefined) throw new RangeError("Expected a variant");
  const load = async (): Promise<Program> => {
    const { inBoth, inGenerators } = await import("../engine/mixed.ts");
    const program = await variant.engine();
    let mixed = false;
    return async (size, asleep) => {
      if (!mixed) {
        const all = { tasks: 160, events: 32_000 };
        await inBoth(all, asleep);
        await inGenerators(all, asleep);
        mixed = true;
      }
      return program(size, asleep);
    };
  };
  const few = variant.sizes.filter(({ tasks }) => tasks === FEW_TASKS);
  return { ...variant, engine: load, sizes: few, targets: [] };
}

const integer = variants("integer");
const quick: Size = { tasks: 100, events: 2_000 };

/** W1. */
export const timers: readonly Workload[] = [
  {
    id: "W1",
    group: "W1",
    about: "timers: tasks that sleep 1,000 times for 1..100",
    measures: "speed",
    quick,
    variants: integer,
  },
  {
    id: "W1-exp",
    group: "W1",
    about: "timers: the same with exponential delays",
    measures: "speed",
    quick,
    variants: variants("exponential"),
  },
  {
    id: "W1-mixed",
    group: "W1",
    about: "timers: the same in a process that has run the mixed workload before",
    measures: "speed",
    quick,
    variants: {
      async: afterMixed(integer.async),
      generator: afterMixed(integer.generator),
    },
  },
];
