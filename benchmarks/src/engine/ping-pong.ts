import { createTask, type FlowOf, gather, now, run, runSync } from "@tickless/core";
import { Queue } from "@tickless/sync";
import { type Check, type Program, type Recordable, type Size, Tally } from "../program.ts";

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

const REFERENCE = { drain: "reference" } as const;

async function main(
  shared: Table,
  one: Player<Promise<void>>,
  other: Player<Promise<void>>,
): Promise<Check> {
  await gather([createTask(() => one(shared)), createTask(() => other(shared))]);
  return shared.tally.at(now());
}

function* mainFlow(
  shared: Table,
  one: Player<FlowOf<void>>,
  other: Player<FlowOf<void>>,
): FlowOf<Check> {
  yield* gather([createTask(one(shared)), createTask(other(shared))]);
  return shared.tally.at(now());
}

/** W2 with async functions, for W8, which adds probes. */
export const asyncMessages: Recordable = (size, options) =>
  run(() => main(table(size), ping, pong), options);
/** W2 with generators, likewise. */
export const generatorMessages: Recordable = (size, options) =>
  runSync(() => mainFlow(table(size), pingFlow, pongFlow), options);

export const nowaitAsync: Program = (size) => asyncMessages(size, {});
export const nowaitReference: Program = (size) => asyncMessages(size, REFERENCE);
export const nowaitGenerators: Program = (size) => generatorMessages(size, {});
export const nowaitGeneratorsDrained: Program = (size) =>
  run(() => mainFlow(table(size), pingFlow, pongFlow));
export const putAsync: Program = (size) => run(() => main(table(size), pingPut, pongPut));
export const putReference: Program = (size) =>
  run(() => main(table(size), pingPut, pongPut), REFERENCE);
export const putGenerators: Program = (size) =>
  runSync(() => mainFlow(table(size), pingPutFlow, pongPutFlow));
export const putGeneratorsDrained: Program = (size) =>
  run(() => mainFlow(table(size), pingPutFlow, pongPutFlow));
