import { type Draw, queueDraws } from "../lcg.ts";
import type { Check, Program, Size } from "../program.ts";
import { AsyncLoop } from "./async-loop.ts";
import { AsyncQueue } from "./async-queue.ts";
import { GeneratorLoop, type Steps } from "./generator-loop.ts";
import { GeneratorQueue } from "./generator-queue.ts";

/** W4 on the bare loops. */

interface Shop<L, Q> {
  readonly loop: L;
  readonly queue: Q;
  readonly customers: number;
  waited: number;
}

async function source(
  { loop, queue, customers }: Shop<AsyncLoop, AsyncQueue>,
  draw: Draw,
): Promise<void> {
  for (let i = 0; i < customers; i++) {
    await loop.sleep(draw());
    queue.put(loop.now);
  }
}

async function server(shop: Shop<AsyncLoop, AsyncQueue>, draw: Draw): Promise<void> {
  const { loop, queue, customers } = shop;
  for (let i = 0; i < customers; i++) {
    if (queue.items.length === 0) await queue.parked();
    shop.waited += loop.now - queue.items.shift();
    await loop.sleep(draw());
  }
}

function* sourceSteps(
  { loop, queue, customers }: Shop<GeneratorLoop, GeneratorQueue>,
  draw: Draw,
): Steps {
  for (let i = 0; i < customers; i++) {
    yield draw();
    queue.put(loop.now);
  }
}

function* serverSteps(shop: Shop<GeneratorLoop, GeneratorQueue>, draw: Draw): Steps {
  const { loop, queue, customers } = shop;
  for (let i = 0; i < customers; i++) {
    if (queue.items.length === 0) yield queue.park();
    shop.waited += loop.now - queue.items.shift();
    yield draw();
  }
}

const asyncServed = async ({ events }: Size, drive: "run" | "runByMacrotasks"): Promise<Check> => {
  const loop = new AsyncLoop();
  const shop = { loop, queue: new AsyncQueue(loop), customers: events, waited: 0 };
  const { arrival, service } = queueDraws();
  loop.start(() => source(shop, arrival));
  loop.start(() => server(shop, service));
  await loop[drive]();
  return { events, time: loop.now, sum: shop.waited };
};

export const inAsync: Program = (size) => asyncServed(size, "run");
export const inReference: Program = (size) => asyncServed(size, "runByMacrotasks");

export const inGenerators: Program = ({ events }: Size) => {
  const loop = new GeneratorLoop();
  const shop = { loop, queue: new GeneratorQueue(loop), customers: events, waited: 0 };
  const { arrival, service } = queueDraws();
  loop.start(sourceSteps(shop, arrival));
  loop.start(serverSteps(shop, service));
  loop.run();
  return { events, time: loop.now, sum: shop.waited };
};
