import { createTask, sleep } from "@tickless/core";
import { type Script, wait } from "../../core/test/kinds.ts";
import type { WiderWorld } from "./wider-world.ts";

/** Tasks by name. */
export type Program = (world: WiderWorld) => Record<string, () => Script<void>>;

const nap = (delay: number): Script<void> => wait(sleep(delay));

function* times(count: number, script: () => Script<unknown>): Script<void> {
  for (let i = 0; i < count; i++) yield* script();
}

function pair(
  world: WiderWorld,
  queue: number,
): { put: () => Script<void>; get: () => Script<number> } {
  const shared = world.queue(queue);
  return { put: () => world.put(shared), get: () => world.get(shared) };
}

export const programs: Record<string, Program> = {
  "one producer, two consumers, no limit": (world) => {
    const { put, get } = pair(world, 1);
    return {
      producer: () =>
        times(2, function* () {
          yield* times(2, put);
          yield* nap(0);
        }),
      first: () => times(2, get),
      second: () => times(2, get),
    };
  },
  "two producers at a full queue, one slow consumer": (world) => {
    const { put, get } = pair(world, 0);
    return {
      one: () => times(2, put),
      two: () => times(2, put),
      *consumer() {
        yield* nap(1);
        yield* times(2, get);
        yield* nap(1);
        yield* times(2, get);
      },
    };
  },
  "a priority queue with a limit": (world) => {
    const { put, get } = pair(world, 2);
    return {
      producer: () => times(4, put),
      slow: () =>
        times(2, function* () {
          yield* nap(1);
          yield* get();
        }),
      fast: () => times(2, get),
    };
  },
  "newcomers take what others were woken for": (world) => {
    const queue = world.queue(0);
    return {
      waiting: () => times(2, () => world.get(queue)),
      putting: () => times(2, () => world.put(queue)),
      *thief() {
        for (let i = 0; i < 3; i++) {
          yield* nap(0);
          world.getNowait(queue);
          world.putNowait(queue);
        }
      },
    };
  },
  "three at one lock": (world) => {
    const lock = world.lock(0);
    const user = (): Script<void> => times(2, () => world.acquiring(lock, () => nap(1)));
    return { a: user, b: user, c: user };
  },
  "a lock by acquire, by hold and by withLock": (world) => {
    const lock = world.lock(0);
    return {
      acquire: () => times(2, () => world.acquiring(lock, () => nap(0))),
      hold: () => times(2, () => world.holding(lock, () => nap(1))),
      with: () => times(2, () => world.within(lock, () => nap(0))),
    };
  },
  "a lock inside a lock, in one order": (world) => {
    const [left, right] = [world.lock(0), world.lock(1)];
    const user = (): Script<void> => world.within(left, () => world.acquiring(right, () => nap(1)));
    return { a: user, b: user, c: () => world.holding(right, () => nap(1)) };
  },
  "two locks crossed: a deadlock that only cancellation ends": (world) => {
    const [left, right] = [world.lock(0), world.lock(1)];
    return {
      a: () =>
        world.acquiring(left, function* () {
          yield* nap(1);
          yield* world.acquiring(right, () => nap(0));
        }),
      b: () =>
        world.acquiring(right, function* () {
          yield* nap(1);
          yield* world.within(left, () => nap(0));
        }),
      c: () => world.holding(left, () => nap(0)),
    };
  },
  "items taken and given with the lock held": (world) => {
    const [lock, queue] = [world.lock(0), world.queue(0)];
    return {
      taking: () =>
        times(2, () =>
          world.within(lock, function* () {
            yield* world.limited(1, () => world.get(queue));
          }),
        ),
      giving: () => times(2, () => world.put(queue)),
      holding: () => world.acquiring(lock, () => nap(1)),
    };
  },
  "time-outs at the instant at which the item comes": (world) => {
    const queue = world.queue(1);
    const impatient = (): Script<void> => times(2, () => world.limited(1, () => world.get(queue)));
    return {
      impatient,
      other: impatient,
      *producer() {
        for (let i = 0; i < 3; i++) {
          yield* nap(1);
          yield* world.put(queue);
        }
      },
    };
  },
  "time-outs at the instant at which the lock comes free": (world) => {
    const lock = world.lock(0);
    return {
      holder: () => world.acquiring(lock, () => nap(2)),
      impatient: () => world.limited(2, () => world.acquiring(lock, () => nap(1))),
      nested: () =>
        world.limited(3, () => world.limited(2, () => world.within(lock, () => nap(1)))),
      patient: () => world.holding(lock, () => nap(0)),
    };
  },
  "an event set and cleared in one step": (world) => {
    const [go, end] = [world.event(0), world.event(1)];
    return {
      a: () => world.until(go),
      *b() {
        yield* world.until(go);
        end.set();
      },
      *c() {
        yield* nap(1);
        go.set();
        go.clear();
        yield* world.until(end);
        go.set();
      },
    };
  },
  "a pipeline of two queues": (world) => {
    const [source, sink] = [world.queue(0), world.queue(2)];
    return {
      producer: () => times(3, () => world.put(source)),
      stage: () =>
        times(3, function* () {
          yield* world.get(source);
          yield* world.put(sink);
        }),
      consumer: () => times(3, () => world.get(sink)),
    };
  },
  "several waits of one task": (world) => {
    const [queue, lock] = [world.queue(0), world.lock(0)];
    return {
      *both() {
        yield* world.both([() => world.get(queue), () => world.acquiring(lock, () => nap(1))]);
      },
      *child() {
        const task = createTask(world.body(() => world.get(queue)));
        yield* world.within(lock, () => nap(1));
        yield* wait(task);
      },
      giving: () => times(3, () => world.put(queue)),
    };
  },
  "workers, and two who join": (world) => {
    const queue = world.queue(0);
    const worker = (): Script<void> => times(2, () => world.work(queue, () => nap(1)));
    return {
      one: worker,
      two: worker,
      producer: () => times(4, () => world.put(queue)),
      *joiner() {
        yield* nap(1);
        yield* world.join(queue);
      },
      impatient: () => world.limited(1, () => world.join(queue)),
    };
  },
  "what a race has left behind": (world) => {
    const [one, free] = [world.queue(0), world.queue(1)];
    return {
      racing: () => world.race([() => world.get(one), () => world.get(free)], 5),
      first: () => world.limited(7, () => world.get(one)),
      second: () => world.limited(7, () => world.get(free)),
      *giving() {
        yield* nap(1);
        yield* world.put(free);
        yield* world.put(one);
      },
    };
  },
  "three at a semaphore of two, in all forms": (world) => {
    const semaphore = world.semaphore(0);
    return {
      acquire: () => times(2, () => world.withPermit("permit", semaphore, () => nap(1))),
      hold: () => times(2, () => world.withPermit("permitHeld", semaphore, () => nap(0))),
      with: () => times(2, () => world.withPermit("withPermit", semaphore, () => nap(1))),
    };
  },
  "a bounded semaphore inside a lock, with time-outs": (world) => {
    const [lock, semaphore] = [world.lock(0), world.semaphore(1)];
    return {
      holder: () => world.withPermit("withPermit", semaphore, () => nap(2)),
      impatient: () =>
        world.within(lock, () =>
          world.limited(2, () => world.withPermit("permit", semaphore, () => nap(1))),
        ),
      patient: () =>
        world.acquiring(lock, () => world.withPermit("permit", semaphore, () => nap(0))),
    };
  },
  "a semaphore as a signal, several at once": (world) => ({
    one: () => times(2, () => world.awaitSignal()),
    two: () => world.awaitSignal(),
    *giving() {
      yield* nap(1);
      for (let i = 0; i < 3; i++) world.give();
    },
  }),
  "consumers and a producer at a condition": (world) => {
    const tokens = world.condition(0);
    return {
      one: () => times(2, () => world.consume(tokens)),
      two: () => world.consume(tokens),
      *producer() {
        for (let i = 0; i < 3; i++) {
          yield* nap(i % 2);
          yield* world.produce(tokens, false);
        }
      },
    };
  },
  "a condition whose lock others use too, with time-outs": (world) => {
    const [shared, lock] = [world.condition(1), world.lock(0)];
    return {
      impatient: () => world.limited(1, () => world.consume(shared)),
      patient: () => world.consume(shared),
      other: () => times(2, () => world.within(lock, () => nap(1))),
      *producer() {
        yield* nap(1);
        yield* times(2, () => world.produce(shared, true));
      },
    };
  },
  "rounds at a barrier": (world) => ({
    one: () => times(2, () => world.meet()),
    two: () =>
      times(2, function* () {
        yield* nap(1);
        yield* world.meet();
      }),
    three: () => world.meet(),
    four: () => world.meet(),
  }),
  "a barrier that is reset and aborted": (world) => ({
    one: () => times(3, () => world.meet()),
    two: () => times(3, () => world.limited(1, () => world.meet())),
    *breaking() {
      yield* nap(1);
      yield* world.resetBarrier();
      yield* nap(1);
      yield* world.abortBarrier();
    },
  }),
  "a queue that ends, and one that ends at once": (world) => ({
    offering: () => times(3, () => world.offer()),
    more: () => times(2, () => world.offer()),
    taking: () => times(3, () => world.take()),
    *ending() {
      yield* nap(1);
      yield* world.take();
      yield* nap(1);
      world.shutdown(world.queue(3), false);
      yield* nap(0);
      world.shutdown(world.queue(3), true);
    },
  }),
  "race: the losers take nothing": (world) => ({
    racing: () => times(2, () => world.first([0, 1], 0, 0, 3)),
    getting: () => times(1, () => world.get(world.queue(1))),
    locking: () => world.within(world.lock(0), () => nap(1)),
    *giving() {
      yield* nap(1);
      yield* world.put(world.queue(0));
      yield* world.put(world.queue(1));
    },
  }),
};
