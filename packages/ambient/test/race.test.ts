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

/** A form is checked for 10 ms, and only then closed: the second click comes at that time. */
async function doubleSubmit(): Promise<void> {
  let submitting = false;
  const orders: number[] = [];
  const click = async (): Promise<void> => {
    if (submitting) return;
    await pause(10); // the mistake: `submitting` is to be set before anything is awaited
    submitting = true;
    await pause(5);
    orders.push(Date.now());
    submitting = false;
  };
  void click();
  setTimeout(() => void click(), 10);
  await pause(100);
  if (orders.length > 1) throw new Error(`${orders.length} orders`);
}

/** Each key starts a request, and each answer is shown; of two that come at the same time the newer is to stay. */
async function staleResponse(): Promise<void> {
  let shown = "";
  const search = async (text: string, delayMs: number): Promise<void> => {
    await pause(delayMs);
    shown = text; // the mistake: nobody asks whether a newer one is shown already
  };
  const older = search("tick", 30);
  await pause(10);
  await Promise.all([older, search("tickless", 20)]);
  if (shown !== "tickless") throw new Error(`shows ${shown}`);
}

/** Two withdraw from one account, which is asked first, and charged when the bank has answered. */
async function checkThenAct(): Promise<void> {
  let balance = 100;
  const withdraw = (amount: number): Promise<void> =>
    new Promise((resolve) => {
      setTimeout(() => {
        if (balance < amount) return resolve();
        // The mistake: between the question and the charge there is a timer.
        setTimeout(() => {
          balance -= amount;
          resolve();
        }, 10);
        return undefined;
      }, 10);
    });
  const first = withdraw(80);
  await pause(10);
  await Promise.all([first, withdraw(80)]);
  if (balance < 0) throw new Error(`the balance is ${balance}`);
}

/** An interval starts work that ends just when the next is due. */
async function overlap(): Promise<void> {
  let running = 0;
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, ++running);
    // The mistake: nothing but the order of two timers keeps one from the next.
    setTimeout(() => void running--, 10);
  }, 10);
  await pause(55);
  clearInterval(timer);
  if (most > 1) throw new Error(`${most} at the same time`);
}

test.each([
  ["a stale cache", staleCache],
  ["a forgotten waiter", forgottenWaiter],
  ["a double submit", doubleSubmit],
  ["an old response over a newer one", staleResponse],
  ["a check and an act with a timer between", checkThenAct],
  ["an interval that overlaps itself", overlap],
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
