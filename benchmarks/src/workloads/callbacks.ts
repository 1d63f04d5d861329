import type * as Hold from "../engine/hold.ts";
import type { Workload } from "../workload.ts";

const FEW_PENDING = 10_000;
const MANY_PENDING = 1_000_000;
const LIVE = 1_000;

function hold(delays: keyof typeof Hold): Workload["variants"] {
  return {
    callbacks: {
      engine: async () => (await import("../engine/hold.ts"))[delays],
      bare: async () => (await import("../bare/hold.ts"))[delays],
      sizes: [
        { tasks: FEW_PENDING, events: 2_000_000 },
        { tasks: MANY_PENDING, events: 2_000_000 },
      ],
      targets: [
        { figure: "ratio", tasks: FEW_PENDING, bound: 2 },
        { figure: "ratio", tasks: MANY_PENDING, bound: 3 },
      ],
    },
  };
}

const quick = { tasks: 1_000, events: 20_000 };

/** W5 and W6. */
export const callbacks: readonly Workload[] = [
  {
    id: "W5",
    group: "W5",
    about: "hold: so many callbacks pending, each arms itself again; beside fastpriorityqueue",
    measures: "speed",
    quick,
    variants: hold("integers"),
  },
  {
    id: "W5-exp",
    group: "W5",
    about: "hold: the same with exponential delays",
    measures: "speed",
    quick,
    variants: hold("exponentials"),
  },
  {
    id: "W6",
    group: "W6",
    about: "time-outs: 1,000,000 timers armed and cancelled before they fire, 1,000 live",
    measures: "speed",
    quick,
    variants: {
      callbacks: {
        engine: async () => (await import("../engine/cancelled.ts")).armAndCancel,
        bare: async () => (await import("../bare/cancelled.ts")).armAndCancel,
        sizes: [{ tasks: LIVE, events: 1_000_000 }],
        targets: [{ figure: "rate", tasks: LIVE, bound: 5_000_000 }],
      },
    },
  },
  {
    id: "W6-kept",
    group: "W6",
    about: "time-outs: what is kept when 20 times as many were cancelled as are live",
    measures: "memory",
    quick,
    variants: {
      callbacks: {
        engine: async () => (await import("../engine/cancelled.ts")).keptAfterCancelling,
        bare: async () => (await import("../engine/cancelled.ts")).keptByLiveOnes,
        sizes: [{ tasks: FEW_PENDING, events: FEW_PENDING }],
        targets: [{ figure: "kept", tasks: FEW_PENDING, bound: 3 }],
      },
    },
  },
];
