// A4: a program that knows setTimeout and promises alone has its orders searched as any other.
import { simulate } from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { record, replay } from "@tickless/trace";
import PQueue from "p-queue";
import { expect, test } from "vitest";
import { virtualize } from "../src/index.ts";

/** Takes any option with equal probability (mulberry32, by Tommy Ettinger). */
function randomPolicy(seed: number): Policy {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { choose: (_kind, count) => Math.floor(next() * count) };
}

const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, delayMs));

/**
 * A cache that is refreshed: the request for the old entry and the invalidation are due at the same time.
 * In the order in which they were armed all is well, so no run without a policy shows the mistake.
 */
async function staleCache(): Promise<void> {
  let stored = 1;
  let cached: number | undefined;
  const read = async (): Promise<number> => {
    if (cached !== undefined) return cached;
    const value = stored;
    await pause(10);
    cached = value;
    return value;
  };
  const write = async (value: number): Promise<void> => {
    await pause(10);
    stored = value;
    cached = undefined;
  };
  await Promise.all([read(), write(2)]);
  const seen = await read();
  if (seen !== stored) throw new Error(`read ${seen}, stored ${stored}`);
}

/** Who gets the lock last may be told of it first: written with timers and callbacks alone. */
function forgottenWaiter(): Promise<void> {
  return new Promise((resolve, reject) => {
    let ready = false;
    let wake: (() => void) | undefined;
    setTimeout(() => {
      if (ready) return resolve();
      wake = resolve;
      return undefined;
    }, 10);
    setTimeout(() => {
      wake?.();
      // The mistake: who comes now has nobody to wake it, since `ready` is set later.
      setTimeout(() => void (ready = true), 1);
    }, 10);
    setTimeout(() => reject(new Error("nobody woke the waiter")), 100);
  });
}

test.each([
  ["a stale cache", staleCache],
  ["a forgotten waiter", forgottenWaiter],
])("A3: %s is found within 20 seeds, and each seed finds it again", async (_name, program) => {
  const main = virtualize(program);
  const rejected = async (policy?: Policy): Promise<string | undefined> => {
    const { outcome } = await simulate(main, policy === undefined ? {} : { policy });
    return outcome?.status === "rejected" ? (outcome.reason as Error).message : undefined;
  };
  expect(await rejected()).toBe(undefined);
  const found: (string | undefined)[] = [];
  for (let seed = 1; seed <= 20; seed++) found.push(await rejected(randomPolicy(seed)));
  expect(found.filter((message) => message !== undefined).length).toBeGreaterThan(0);
  expect(found).toContain(undefined);
  for (let seed = 1; seed <= 20; seed++) {
    expect(await rejected(randomPolicy(seed))).toBe(found[seed - 1]);
  }
});

test("A3: what a policy has found is replayed from its trace", async () => {
  const main = virtualize(staleCache);
  for (let seed = 1; seed <= 20; seed++) {
    const { trace, outcome, fingerprint } = await record(main, { policy: randomPolicy(seed) });
    if (outcome?.status !== "rejected") continue;
    const again = await replay(trace, main);
    expect(again.same).toBe(true);
    const twice = await record(main, { policy: randomPolicy(seed) });
    expect(twice.fingerprint).toBe(fingerprint);
    return;
  }
  expect.unreachable("no seed of 20 finds it");
});

test("A3: timers inside a library are choices too, and what it promises holds in every order", async () => {
  const orders = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) {
    let running = 0;
    let most = 0;
    const order: string[] = [];
    const main = virtualize(async () => {
      const queue = new PQueue({ concurrency: 2 });
      const job = (name: string) => async () => {
        most = Math.max(most, ++running);
        await pause(10);
        running--;
        order.push(name);
      };
      await queue.addAll(["a", "b", "c", "d", "e"].map(job));
    });
    const { outcome } = await simulate(main, { policy: randomPolicy(seed) });
    expect(outcome?.status).toBe("fulfilled");
    expect(most).toBe(2);
    orders.add(order.join(""));
  }
  expect(orders.size).toBeGreaterThan(3);
});

test("A3: each timer is an option of its own, so equal deadlines have all their orders", async () => {
  const orders = new Set<string>();
  const options: number[] = [];
  for (let seed = 1; seed <= 100; seed++) {
    const random = randomPolicy(seed);
    const policy: Policy = {
      choose: (kind, count, task) => {
        options.push(count);
        const tasks = Array.from({ length: count }, (_, i) => task(i));
        expect(new Set(tasks).size).toBe(count);
        return random.choose(kind, count, task);
      },
    };
    const order: string[] = [];
    const main = virtualize(async () => {
      for (const name of ["a", "b", "c"]) setTimeout(() => order.push(name), 5);
      await pause(10);
    });
    await simulate(main, { policy });
    orders.add(order.join(""));
  }
  expect([...orders].toSorted()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
  expect(Math.max(...options)).toBe(3);
});
