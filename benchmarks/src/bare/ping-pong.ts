import { type Check, type Program, type Size, Tally } from "../program.ts";
import { AsyncLoop } from "./async-loop.ts";
import { AsyncQueue } from "./async-queue.ts";
import { GeneratorLoop, type Steps } from "./generator-loop.ts";
import { GeneratorQueue } from "./generator-queue.ts";

/**
 * W2 on the bare loops. A put here never has to wait, so where the engine's is awaited the bare one
 * costs what the language asks for that: an `await` of nothing, a `yield*` of an empty generator.
 */

interface Table<Q> {
  readonly out: Q;
  readonly back: Q;
  readonly rounds: number;
  readonly tally: Tally;
}

async function ping({ out, back, rounds, tally }: Table<AsyncQueue>): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    out.put(i);
    if (back.items.length === 0) await back.parked();
    tally.add(back.items.shift());
  }
}

async function pong({ out, back, rounds, tally }: Table<AsyncQueue>): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (out.items.length === 0) await out.parked();
    const value = out.items.shift();
    tally.add(value);
    back.put(value + 1);
  }
}

/** A put that would answer a promise if it had to wait. */
function put(queue: AsyncQueue, item: number): Promise<void> | undefined {
  queue.put(item);
  return undefined;
}

async function pingPut({ out, back, rounds, tally }: Table<AsyncQueue>): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await put(out, i);
    if (back.items.length === 0) await back.parked();
    tally.add(back.items.shift());
  }
}

async function pongPut({ out, back, rounds, tally }: Table<AsyncQueue>): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    if (out.items.length === 0) await out.parked();
    const value = out.items.shift();
    tally.add(value);
    await put(back, value + 1);
  }
}

function* pingSteps({ out, back, rounds, tally }: Table<GeneratorQueue>): Steps {
  for (let i = 0; i < rounds; i++) {
    out.put(i);
    if (back.items.length === 0) yield back.park();
    tally.add(back.items.shift());
  }
}

function* pongSteps({ out, back, rounds, tally }: Table<GeneratorQueue>): Steps {
  for (let i = 0; i < rounds; i++) {
    if (out.items.length === 0) yield out.park();
    const value = out.items.shift();
    tally.add(value);
    back.put(value + 1);
  }
}

// oxlint-disable-next-line require-yield -- it would yield if it had to wait
function* putSteps(queue: GeneratorQueue, item: number): Steps {
  queue.put(item);
}

function* pingPutSteps({ out, back, rounds, tally }: Table<GeneratorQueue>): Steps {
  for (let i = 0; i < rounds; i++) {
    yield* putSteps(out, i);
    if (back.items.length === 0) yield back.park();
    tally.add(back.items.shift());
  }
}

function* pongPutSteps({ out, back, rounds, tally }: Table<GeneratorQueue>): Steps {
  for (let i = 0; i < rounds; i++) {
    if (out.items.length === 0) yield out.park();
    const value = out.items.shift();
    tally.add(value);
    yield* putSteps(back, value + 1);
  }
}

type Player<Q, R> = (table: Table<Q>) => R;

function inAsync(
  one: Player<AsyncQueue, Promise<void>>,
  other: Player<AsyncQueue, Promise<void>>,
  drive: "run" | "runByMacrotasks",
): Program {
  return async ({ events }: Size): Promise<Check> => {
    const loop = new AsyncLoop();
    const [out, back] = [new AsyncQueue(loop), new AsyncQueue(loop)];
    const shared = { out, back, rounds: events / 2, tally: new Tally() };
    loop.start(() => one(shared));
    loop.start(() => other(shared));
    await loop[drive]();
    return shared.tally.at(loop.now);
  };
}

function inGenerators(
  one: Player<GeneratorQueue, Steps>,
  other: Player<GeneratorQueue, Steps>,
): Program {
  return ({ events }: Size): Check => {
    const loop = new GeneratorLoop();
    const [out, back] = [new GeneratorQueue(loop), new GeneratorQueue(loop)];
    const shared = { out, back, rounds: events / 2, tally: new Tally() };
    loop.start(one(shared));
    loop.start(other(shared));
    loop.run();
    return shared.tally.at(loop.now);
  };
}

export const nowaitAsync: Program = inAsync(ping, pong, "run");
export const nowaitReference: Program = inAsync(ping, pong, "runByMacrotasks");
export const nowaitGenerators: Program = inGenerators(pingSteps, pongSteps);
export const putAsync: Program = inAsync(pingPut, pongPut, "run");
export const putReference: Program = inAsync(pingPut, pongPut, "runByMacrotasks");
export const putGenerators: Program = inGenerators(pingPutSteps, pongPutSteps);
