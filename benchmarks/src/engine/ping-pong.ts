import { createTask, type FlowOf, gather, now, run, runSync } from "@tickless/core";
import { Queue } from "@tickless/sync";
import { type Check, type Program, type Size, Tally } from "../program.ts";

/** W2: two tasks hand messages to each other through two queues, and no time passes. */

interface Table {
  readonly out: Queue<number>;
  readonly back: Queue<number>;
  readonly rounds: number;
  readonly tally: Tally;
}

function table({ events }: Size): Table {
  const [out, back] = [new Queue<number>(), new Queue<number>()];
  return { out, back, rounds: events / 2, tally: new Tally() };
}

async function ping({ out, back, rounds, tally }: Table): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    out.putNowait(i);
    tally.add(await back.get());
  }
}

async function pong({ out, back, rounds, tally }: Table): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const value = await out.get();
    tally.add(value);
    back.putNowait(value + 1);
  }
}

async function pingPut({ out, back, rounds, tally }: Table): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await out.put(i);
    tally.add(await back.get());
  }
}

async function pongPut({ out, back, rounds, tally }: Table): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const value = await out.get();
    tally.add(value);
    await back.put(value + 1);
  }
}

function* pingFlow({ out, back, rounds, tally }: Table): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    out.putNowait(i);
    tally.add(yield* back.get());
  }
}

function* pongFlow({ out, back, rounds, tally }: Table): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    const value = yield* out.get();
    tally.add(value);
    back.putNowait(value + 1);
  }
}

function* pingPutFlow({ out, back, rounds, tally }: Table): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    yield* out.put(i);
    tally.add(yield* back.get());
  }
}

function* pongPutFlow({ out, back, rounds, tally }: Table): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    const value = yield* out.get();
    tally.add(value);
    yield* back.put(value + 1);
  }
}

type Player<R> = (table: Table) => R;

function inAsync(
  one: Player<Promise<void>>,
  other: Player<Promise<void>>,
  drain: "auto" | "reference",
): Program {
  return (size) => {
    const main = async (): Promise<Check> => {
      const shared = table(size);
      await gather([createTask(() => one(shared)), createTask(() => other(shared))]);
      return shared.tally.at(now());
    };
    return run(main, { drain });
  };
}

function inGenerators(
  one: Player<FlowOf<void>>,
  other: Player<FlowOf<void>>,
  drive: typeof run | typeof runSync,
): Program {
  return (size) =>
    drive(function* (): FlowOf<Check> {
      const shared = table(size);
      yield* gather([createTask(one(shared)), createTask(other(shared))]);
      return shared.tally.at(now());
    });
}

export const nowaitAsync: Program = inAsync(ping, pong, "auto");
export const nowaitReference: Program = inAsync(ping, pong, "reference");
export const nowaitGenerators: Program = inGenerators(pingFlow, pongFlow, runSync);
export const nowaitGeneratorsDrained: Program = inGenerators(pingFlow, pongFlow, run);
export const putAsync: Program = inAsync(pingPut, pongPut, "auto");
export const putReference: Program = inAsync(pingPut, pongPut, "reference");
export const putGenerators: Program = inGenerators(pingPutFlow, pongPutFlow, runSync);
export const putGeneratorsDrained: Program = inGenerators(pingPutFlow, pongPutFlow, run);
