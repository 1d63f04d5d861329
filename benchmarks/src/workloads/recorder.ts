import type { Bodies, Recorded, Recording } from "../engine/recorded.ts";
import type { Program, Size } from "../program.ts";
import type { Target, Variant, Workload } from "../workload.ts";

const WHOLE: { readonly [K in Recorded]: Size } = {
  W1: { tasks: 1_000, events: 1_000_000 },
  W2: { tasks: 2, events: 500_000 },
};

const QUICK: { readonly [K in Recorded]: Size } = {
  W1: { tasks: 400, events: 40_000 },
  W2: { tasks: 2, events: 2_000 },
};

const engine =
  (what: Recorded, bodies: Bodies, recording: Recording) => async (): Promise<Program> =>
    (await import("../engine/recorded.ts")).recorded(what, bodies, recording);

// One of each for all levels, so that it is measured once for all.
const unrecorded = {
  W1: { async: engine("W1", "async", "none"), generator: engine("W1", "generator", "none") },
  W2: { async: engine("W2", "async", "none"), generator: engine("W2", "generator", "none") },
};

function variant(what: Recorded, bodies: Bodies, recording: Recording, most?: number): Variant {
  const targets: Target[] = [];
  if (most !== undefined) targets.push({ figure: "cost", tasks: WHOLE[what].tasks, bound: most });
  return {
    engine: engine(what, bodies, recording),
    bare: unrecorded[what][bodies],
    sizes: [WHOLE[what]],
    targets,
  };
}

function workload(
  what: Recorded,
  recording: Recording,
  about: string,
  most: { readonly [K in Bodies]?: number } = {},
): Workload {
  return {
    id: what === "W1" ? `W8-${recording}` : `W8-${recording}-${what}`,
    group: "W8",
    about: `recorder: ${what} ${about}, beside ${what} without a probe`,
    measures: "speed",
    quick: QUICK[what],
    variants: {
      async: variant(what, "async", recording, most.async),
      generator: variant(what, "generator", recording, most.generator),
    },
  };
}

/** The part of W8 that there is: what recording costs. */
export const recorders: readonly Workload[] = [
  workload("W1", "off", "with a recorder made but not used", { generator: 1.03 }),
  workload("W1", "fingerprint", "with a fingerprint only"),
  workload("W1", "ring", "with the last 4 MB of events kept", { generator: 1.2 }),
  workload("W1", "full", "with every event kept", { generator: 1.35, async: 1.1 }),
  workload("W2", "off", "with a recorder made but not used"),
  workload("W2", "ring", "with the last 4 MB of events kept"),
  workload("W2", "full", "with every event kept"),
];
