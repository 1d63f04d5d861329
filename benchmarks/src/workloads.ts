import type * as BarePingPong from "./bare/ping-pong.ts";
import type * as BareTimers from "./bare/timers.ts";
import type * as EnginePingPong from "./engine/ping-pong.ts";
import type * as EngineTimers from "./engine/timers.ts";
import type { Check, Program, Size } from "./program.ts";
import type { Workload } from "./workload.ts";

const engineTimers = (name: keyof typeof EngineTimers) => async (): Promise<Program> =>
  (await import("./engine/timers.ts"))[name];
const bareTimers = (name: keyof typeof BareTimers) => async (): Promise<Program> =>
  (await import("./bare/timers.ts"))[name];
const enginePingPong = (name: keyof typeof EnginePingPong) => async (): Promise<Program> =>
  (await import("./engine/ping-pong.ts"))[name];
const barePingPong = (name: keyof typeof BarePingPong) => async (): Promise<Program> =>
  (await import("./bare/ping-pong.ts"))[name];

/** Where 1,000 sleeps each would take minutes, each task sleeps less often. */
const timerSizes: readonly Size[] = [
  { tasks: 1, events: 1_000 },
  { tasks: 100, events: 100_000 },
  { tasks: 1_000, events: 1_000_000 },
  { tasks: 10_000, events: 1_000_000 },
  { tasks: 100_000, events: 2_000_000 },
];
const thousand: readonly Size[] = [{ tasks: 1_000, events: 1_000_000 }];
const messages: readonly Size[] = [{ tasks: 2, events: 500_000 }];
const fan: readonly Size[] = [{ tasks: 100_000, events: 100_000 }];
const customers: readonly Size[] = [{ tasks: 2, events: 300_000 }];
const sleepers: readonly Size[] = [
  { tasks: 100_000, events: 100_000 },
  { tasks: 1_000_000, events: 1_000_000 },
];

function timers(delays: "integer" | "exponential"): Workload["variants"] {
  return {
    async: {
      engine: engineTimers(`${delays}Async`),
      bare: bareTimers(`${delays}Async`),
      target: 0.75,
      sizes: timerSizes,
    },
    "async-reference": {
      engine: engineTimers(`${delays}Reference`),
      bare: bareTimers(`${delays}Reference`),
      target: 0.8,
      sizes: thousand,
    },
    generator: {
      engine: engineTimers(`${delays}Generators`),
      bare: bareTimers(`${delays}Generators`),
      target: 0.5,
      sizes: timerSizes,
    },
    "generator-run": {
      engine: engineTimers(`${delays}GeneratorsDrained`),
      bare: bareTimers(`${delays}Generators`),
      target: 0.45,
      sizes: timerSizes,
    },
  };
}

function pingPong(put: "nowait" | "put"): Workload["variants"] {
  return {
    async: {
      engine: enginePingPong(`${put}Async`),
      bare: barePingPong(`${put}Async`),
      target: 0.5,
      sizes: messages,
    },
    generator: {
      engine: enginePingPong(`${put}Generators`),
      bare: barePingPong(`${put}Generators`),
      target: 0.45,
      sizes: messages,
    },
  };
}

/** With a load of 0.9 the mean wait is 9; a run of 300,000 customers comes within 1 of it. */
function verifyMeanWait({ sum }: Check, { events }: Size): void {
  const mean = sum / events;
  if (events >= 300_000 && Math.abs(mean - 9) > 1) {
    throw new Error(
      `Expected the mean wait of an M/M/1 queue at a load of 0.9 near 9, got ${mean}`,
    );
  }
}

/** All workloads, in the order in which they are measured. */
export const WORKLOADS: readonly Workload[] = [
  {
    id: "W1",
    group: "W1",
    about: "timers: tasks that sleep 1,000 times for 1..100",
    measures: "speed",
    quick: { tasks: 100, events: 2_000 },
    variants: timers("integer"),
  },
  {
    id: "W1-exp",
    group: "W1",
    about: "timers: the same with exponential delays",
    measures: "speed",
    quick: { tasks: 100, events: 2_000 },
    variants: timers("exponential"),
  },
  {
    id: "W2",
    group: "W2",
    about: "ping-pong: 500,000 messages by putNowait through two queues",
    measures: "speed",
    quick: { tasks: 2, events: 2_000 },
    variants: pingPong("nowait"),
  },
  {
    id: "W2-put",
    group: "W2",
    about: "ping-pong: the same with an awaited put",
    measures: "speed",
    quick: { tasks: 2, events: 2_000 },
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
        engine: async () => (await import("./engine/fan-out.ts")).inAsync,
        bare: async () => (await import("./bare/fan-out.ts")).inAsync,
        target: 0.6,
        sizes: fan,
      },
      generator: {
        engine: async () => (await import("./engine/fan-out.ts")).inGenerators,
        bare: async () => (await import("./bare/fan-out.ts")).inGenerators,
        target: 0.6,
        sizes: fan,
      },
    },
  },
  {
    id: "W4",
    group: "W4",
    about: "M/M/1: 300,000 customers of one server at a load of 0.9",
    measures: "speed",
    quick: { tasks: 2, events: 2_000 },
    variants: {
      async: {
        engine: async () => (await import("./engine/single-server.ts")).inAsync,
        bare: async () => (await import("./bare/single-server.ts")).inAsync,
        target: 0.5,
        sizes: customers,
      },
      generator: {
        engine: async () => (await import("./engine/single-server.ts")).inGenerators,
        bare: async () => (await import("./bare/single-server.ts")).inGenerators,
        target: 0.45,
        sizes: customers,
      },
    },
    verify: verifyMeanWait,
  },
  {
    id: "memory",
    group: "memory",
    about: "memory: tasks that all sleep at the same time",
    measures: "memory",
    quick: { tasks: 2_000, events: 2_000 },
    variants: {
      async: {
        engine: async () => (await import("./engine/sleepers.ts")).inAsync,
        bare: async () => (await import("./bare/sleepers.ts")).inAsync,
        target: 1_400,
        mostPeakBytes: 2_000_000_000,
        sizes: sleepers,
      },
      generator: {
        engine: async () => (await import("./engine/sleepers.ts")).inGenerators,
        bare: async () => (await import("./bare/sleepers.ts")).inGenerators,
        target: 500,
        mostPeakBytes: 800_000_000,
        sizes: sleepers,
      },
    },
  },
];
