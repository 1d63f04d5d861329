import type * as Bare from "../bare/ping-pong.ts";
import type * as Engine from "../engine/ping-pong.ts";
import type { Check, Program, Size } from "../program.ts";
import type { Target, Workload } from "../workload.ts";

type EngineProgram = Exclude<keyof typeof Engine, "asyncMessages" | "generatorMessages">;

const engine = (name: EngineProgram) => async (): Promise<Program> =>
  (await import("../engine/ping-pong.ts"))[name];
const bare = (name: keyof typeof Bare) => async (): Promise<Program> =>
  (await import("../bare/ping-pong.ts"))[name];

const TWO = 2;
const FAN = 100_000;

const messages: readonly Size[] = [{ tasks: TWO, events: 500_000 }];
const fan: readonly Size[] = [{ tasks: FAN, events: FAN }];
const customers: readonly Size[] = [{ tasks: TWO, events: 300_000 }];

const ratio = (tasks: number, bound: number): readonly Target[] => [
  { figure: "ratio", tasks, bound },
];

function pingPong(put: "nowait" | "put"): Workload["variants"] {
  const generators = bare(`${put}Generators`);
  return {
    async: {
      engine: engine(`${put}Async`),
      bare: bare(`${put}Async`),
      sizes: messages,
      targets: ratio(TWO, 0.5),
    },
    "async-reference": {
      engine: engine(`${put}Reference`),
      bare: bare(`${put}Reference`),
      sizes: messages,
      targets: [],
    },
    generator: {
      engine: engine(`${put}Generators`),
      bare: generators,
      sizes: messages,
      targets: ratio(TWO, 0.45),
    },
    "generator-run": {
      engine: engine(`${put}GeneratorsDrained`),
      bare: generators,
      sizes: messages,
      targets: [],
    },
  };
}

const fanOutOfGenerators = async (): Promise<Program> =>
  (await import("../bare/fan-out.ts")).inGenerators;
const serverOfGenerators = async (): Promise<Program> =>
  (await import("../bare/single-server.ts")).inGenerators;

/** With a load of 0.9 the mean wait is 9; a run of 300,000 customers comes within 1 of it. */
function verifyMeanWait({ sum }: Check, { events }: Size): void {
  const mean = sum / events;
  if (events >= 300_000 && Math.abs(mean - 9) > 1) {
    throw new Error(
      `Expected the mean wait of an M/M/1 queue at a load of 0.9 near 9, got ${mean}`,
    );
  }
}

const quick: Size = { tasks: TWO, events: 2_000 };

/** W2 to W4. */
export const messagesAndValues: readonly Workload[] = [
  {
    id: "W2",
    group: "W2",
    about: "ping-pong: 500,000 messages by putNowait through two queues",
    measures: "speed",
    quick,
    variants: pingPong("nowait"),
  },
  {
    id: "W2-put",
    group: "W2",
    about: "ping-pong: the same with an awaited put",
    measures: "speed",
    quick,
    variants: pingPong("put"),
  },
  {
    id: "W3",
    group: "W3",
    about: "fan-out: 100,000 tasks, each one sleep and a value, gathered",
    measures: "speed",
    quick: { tasks: 500, events: 500 },
    variants: {
      async: {
        engine: async () => (await import("../engine/fan-out.ts")).inAsync,
        bare: async () => (await import("../bare/fan-out.ts")).inAsync,
        sizes: fan,
        targets: ratio(FAN, 0.6),
      },
      "async-reference": {
        engine: async () => (await import("../engine/fan-out.ts")).inReference,
        bare: async () => (await import("../bare/fan-out.ts")).inReference,
        sizes: fan,
        targets: [],
      },
      generator: {
        engine: async () => (await import("../engine/fan-out.ts")).inGenerators,
        bare: fanOutOfGenerators,
        sizes: fan,
        targets: ratio(FAN, 0.6),
      },
      "generator-run": {
        engine: async () => (await import("../engine/fan-out.ts")).inGeneratorsDrained,
        bare: fanOutOfGenerators,
        sizes: fan,
        targets: [],
      },
    },
  },
  {
    id: "W4",
    group: "W4",
    about: "M/M/1: 300,000 customers of one server at a load of 0.9",
    measures: "speed",
    quick,
    variants: {
      async: {
        engine: async () => (await import("../engine/single-server.ts")).inAsync,
        bare: async () => (await import("../bare/single-server.ts")).inAsync,
        sizes: customers,
        targets: ratio(TWO, 0.5),
      },
      "async-reference": {
        engine: async () => (await import("../engine/single-server.ts")).inReference,
        bare: async () => (await import("../bare/single-server.ts")).inReference,
        sizes: customers,
        targets: [],
      },
      generator: {
        engine: async () => (await import("../engine/single-server.ts")).inGenerators,
        bare: serverOfGenerators,
        sizes: customers,
        targets: ratio(TWO, 0.45),
      },
      "generator-run": {
        engine: async () => (await import("../engine/single-server.ts")).inGeneratorsDrained,
        bare: serverOfGenerators,
        sizes: customers,
        targets: [],
      },
    },
    verify: verifyMeanWait,
  },
];
