import { gather, getRunningLoop, now, sleep, timeout, TimeoutError } from "@tickless/core";
import { BELL, PATIENCE, type Place } from "./mixed-place.ts";

/** The roles of the mixed workload as async functions; in generators: `mixed-generators.ts`. */

async function sleeper({ draw, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await sleep(draw());
    tally.add(now());
  }
}

async function producer({ goods, draw, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await goods.put(i);
    tally.add(now());
    await sleep(draw());
  }
}

async function consumer({ goods, draw, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    tally.add(await goods.get());
    await sleep(draw());
  }
}

async function locker({ lock, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await lock.acquire();
    await sleep(1);
    lock.release();
    tally.add(now());
  }
}

async function holder({ permits, draw, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await permits.withPermit(() => sleep(draw()));
    tally.add(now());
  }
}

async function impatient({ draw, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    try {
      await timeout(PATIENCE, () => sleep(draw()));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
    tally.add(now());
  }
}

async function worker(delay: number): Promise<number> {
  await sleep(delay);
  return delay;
}

async function foreman({ draw, tally }: Place, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const [a, b] = await gather([() => worker(draw()), () => worker(draw())]);
    tally.add(a + b);
  }
}

/** Has the bell rung by a callback, and waits for whatever ring comes first. */
async function listener({ bell, tally }: Place, rounds: number): Promise<void> {
  const loop = getRunningLoop();
  const ring = (): void => bell.set();
  for (let i = 0; i < rounds; i++) {
    bell.clear();
    loop.callLater(BELL, ring);
    await bell.wait();
    tally.add(now());
  }
}

export const asyncRoles: readonly ((place: Place, rounds: number) => Promise<void>)[] = [
  sleeper,
  producer,
  consumer,
  locker,
  holder,
  impatient,
  foreman,
  listener,
];
