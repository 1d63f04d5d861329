import type * as Engine from "../engine/recorded.ts";
import type { Program } from "../program.ts";
import type { Kind, Target, Variant, Workload } from "../workload.ts";

const TASKS = 1_000;

type Recording = "off" | "fingerprint" | "ring" | "full";

const engine = (name: keyof typeof Engine) => async (): Promise<Program> =>
  (await import("../engine/recorded.ts"))[name];

/** One for all levels, so that it is measured once for all. */
const unrecorded = { Async: engine("unrecordedAsync"), Generators: engine("unrecordedGenerators") };

function variant(
  bodies: "Async" | "Generators",
  recording: Recording,
  most: number | undefined,
): Variant {
  const targets: Target[] = [];
  if (most !== undefined) targets.push({ figure: "cost", tasks: TASKS, bound: most });
  return {
    engine: engine(`${recording}${bodies}`),
    bare: unrecorded[bodies],
    // as many as can be kept as objects beside what the engine itself takes
    sizes: [{ tasks: TASKS, events: 200_000 }],
    targets,
  };
}

function workload(
  recording: Recording,
  about: string,
  most: { readonly [K in Kind]?: number },
): Workload {
  return {
    id: `W8-${recording}`,
    group: "W8",
    about: `recorder: W1 ${about}, beside W1 without a probe`,
    measures: "speed",
    quick: { tasks: 400, events: 40_000 },
    variants: {
      async: variant("Async", recording, most.async),
      generator: variant("Generators", recording, most.generator),
    },
  };
}

/** The part of W8 that there is: what recording costs. */
export const recorders: readonly Workload[] = [
  workload("off", "with a recorder made but not used", { generator: 1.03 }),
  workload("fingerprint", "with a fingerprint only", {}),
  workload("ring", "with the last 4 MB of events kept", { generator: 1.2 }),
  workload("full", "with every event kept", { generator: 1.35, async: 1.1 }),
];
