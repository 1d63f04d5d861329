import {
  type FlowOf,
  gather,
  getRunningLoop,
  now,
  sleep,
  timeout,
  TimeoutError,
} from "@tickless/core";
import { BELL, PATIENCE, type Place } from "./mixed-place.ts";

/** The roles of the mixed workload in generators; as async functions: `mixed-async.ts`. */

function* sleeper({ draw, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    yield* sleep(draw());
    tally.add(now());
  }
}

function* producer({ goods, draw, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    yield* goods.put(i);
    tally.add(now());
    yield* sleep(draw());
  }
}

function* consumer({ goods, draw, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    tally.add(yield* goods.get());
    yield* sleep(draw());
  }
}

function* locker({ lock, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    yield* lock.acquire();
    yield* sleep(1);
    lock.release();
    tally.add(now());
  }
}

function* holder({ permits, draw, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    yield* permits.withPermit(() => sleep(draw()));
    tally.add(now());
  }
}

function* impatient({ draw, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    try {
      yield* timeout(PATIENCE, () => sleep(draw()));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
    tally.add(now());
  }
}

function* worker(delay: number): FlowOf<number> {
  yield* sleep(delay);
  return delay;
}

function* foreman({ draw, tally }: Place, rounds: number): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    const [a, b] = yield* gather([() => worker(draw()), () => worker(draw())]);
    tally.add(a + b);
  }
}

/** Has the bell rung by a callback, and waits for whatever ring comes first. */
function* listener({ bell, tally }: Place, rounds: number): FlowOf<void> {
  const loop = getRunningLoop();
  const ring = (): void => bell.set();
  for (let i = 0; i < rounds; i++) {
    bell.clear();
    loop.callLater(BELL, ring);
    yield* bell.wait();
    tally.add(now());
  }
}

export const generatorRoles: readonly ((place: Place, rounds: number) => FlowOf<void>)[] = [
  sleeper,
  producer,
  consumer,
  locker,
  holder,
  impatient,
  foreman,
  listener,
];
