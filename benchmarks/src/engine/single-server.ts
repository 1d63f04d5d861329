import { createTask, type FlowOf, gather, now, run, runSync, sleep } from "@tickless/core";
import { Queue } from "@tickless/sync";
import { queueDraws } from "../lcg.ts";
import type { Check, Program, Size } from "../program.ts";

/** W4: an M/M/1 queue. `sum` is the time that the customers have waited for their service. */

async function source(queue: Queue<number>, customers: number, draw: () => number): Promise<void> {
  for (let i = 0; i < customers; i++) {
    await sleep(draw());
    queue.putNowait(now());
  }
}

async function server(
  queue: Queue<number>,
  customers: number,
  draw: () => number,
): Promise<number> {
  let waited = 0;
  for (let i = 0; i < customers; i++) {
    const arrived = await queue.get();
    waited += now() - arrived;
    await sleep(draw());
  }
  return waited;
}

function* sourceFlow(queue: Queue<number>, customers: number, draw: () => number): FlowOf<void> {
  for (let i = 0; i < customers; i++) {
    yield* sleep(draw());
    queue.putNowait(now());
  }
}

function* serverFlow(queue: Queue<number>, customers: number, draw: () => number): FlowOf<number> {
  let waited = 0;
  for (let i = 0; i < customers; i++) {
    const arrived = yield* queue.get();
    waited += now() - arrived;
    yield* sleep(draw());
  }
  return waited;
}

async function main({ events }: Size): Promise<Check> {
  const queue = new Queue<number>();
  const { arrival, service } = queueDraws();
  const [, sum] = await gather([
    createTask(() => source(queue, events, arrival)),
    createTask(() => server(queue, events, service)),
  ]);
  return { events, time: now(), sum };
}

function* mainFlow({ events }: Size): FlowOf<Check> {
  const queue = new Queue<number>();
  const { arrival, service } = queueDraws();
  const [, sum] = yield* gather([
    createTask(sourceFlow(queue, events, arrival)),
    createTask(serverFlow(queue, events, service)),
  ]);
  return { events, time: now(), sum };
}

export const inAsync: Program = (size) => run(() => main(size));
export const inGenerators: Program = (size) => runSync(() => mainFlow(size));
export const inReference: Program = (size) => run(() => main(size), { drain: "reference" });
export const inGeneratorsDrained: Program = (size) => run(() => mainFlow(size));
