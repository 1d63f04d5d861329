import type * as Files from "../engine/trace-files.ts";
import type * as Sizes from "../engine/trace-sizes.ts";
import type { Program, Size } from "../program.ts";
import type { Kind, Target, Variant, Workload } from "../workload.ts";

const TASKS = 1_000;
/** As many that a state is large. */
const MANY_TASKS = 18_000;
const MILLION = 1_000_000;

function onFiles(
  id: string,
  about: string,
  program: keyof typeof Files,
  mostMs: number | undefined,
  tasks: readonly number[] = [TASKS],
): Workload {
  const targets = tasks.flatMap((each): Target[] =>
    mostMs === undefined ? [] : [{ figure: "ms", tasks: each, bound: mostMs }],
  );
  return {
    id: `W8-${id}`,
    group: "W8",
    about: `trace file of 1,000,000 events: ${about}`,
    measures: "time",
    quick: { tasks: 100, events: 20_000 },
    variants: {
      generator: {
        engine: async (): Promise<Program> => (await import("../engine/trace-files.ts"))[program],
        sizes: tasks.map((each) => ({ tasks: each, events: MILLION })),
        targets,
      },
    },
  };
}

const MOST_BYTES = 9;

function sized(
  id: string,
  about: string,
  programs: { readonly [K in Kind]?: keyof typeof Sizes },
  size: Size,
): Workload {
  const variants = Object.entries(programs).map(([kind, program]): [string, Variant] => [
    kind,
    {
      engine: async () => (await import("../engine/trace-sizes.ts"))[program],
      sizes: [size],
      targets: [{ figure: "size", tasks: size.tasks, bound: MOST_BYTES }],
    },
  ]);
  return {
    id: `W8-${id}`,
    group: "W8",
    about: `size of a trace: ${about}`,
    measures: "size",
    quick: { tasks: 80, events: 4_000 },
    variants: Object.fromEntries(variants),
  };
}

/** The part of W8 that is about traces that there are. */
export const traces: readonly Workload[] = [
  onFiles("open", "reading and checking it", "open", undefined),
  onFiles("event", "from the file to one event of it", "goToEvent", undefined),
  onFiles("at", "what was so after an event", "stateAt", 50, [TASKS, MANY_TASKS]),
  onFiles(
    "diff",
    "two read, and the first event that differs found, in the middle",
    "divergenceInTheMiddle",
    20,
  ),
  onFiles("diff-end", "the same, and it is near the end", "divergenceNearTheEnd", 20),
  sized(
    "bytes",
    "W1",
    { async: "timersInAsync", generator: "timersInGenerators" },
    { tasks: TASKS, events: 100_000 },
  ),
  sized(
    "bytes-exp",
    "W1 with exponential delays",
    { generator: "exponentialTimers" },
    { tasks: TASKS, events: 100_000 },
  ),
  sized(
    "bytes-mixed",
    "eight ways to wait",
    { both: "mixedInBoth" },
    { tasks: 1_600, events: 80_000 },
  ),
];
