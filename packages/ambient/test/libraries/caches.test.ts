// Caches as they are on npm, in virtual time. Each has a simulated day or more, twice with equal
// fingerprints, and the timing promises of its README, in our words above each test.
import { Keyv } from "keyv";
import { LRUCache } from "lru-cache";
import { describe, expect, test } from "vitest";
import { day, hour, minute, once, pause, second, stopwatch, twice } from "../virtual.ts";

// Its README: it takes performance at import and so cannot be faked after a static import. Here it is
// imported in the first lines.
describe("lru-cache", () => {
  // ttl: an expired item is as if missing, and is deleted when it is asked for
  test("items are there until their ttl is over", async () => {
    const value = await once(async () => {
      const cache = new LRUCache<string, number>({ max: 10, ttl: 5 * minute });
      cache.set("a", 1).set("b", 2, { ttl: second });
      await pause(second);
      const atItsEnd = cache.get("b");
      await pause(2);
      const after = cache.get("b");
      await pause(5 * minute - second - 2);
      const a = cache.get("a");
      await pause(2);
      return [atItsEnd, after, a, cache.get("a"), cache.size];
    });
    expect(value).toEqual([2, undefined, 1, undefined, 0]);
  });

  test("also of items that are set at the very beginning of the run", async () => {
    const value = await once(async () => {
      const cache = new LRUCache<string, number>({ max: 10, ttl: second });
      cache.set("a", 1);
      await pause(hour);
      return cache.get("a");
    });
    expect(value).toBe(undefined);
  });

  // updateAgeOnGet: a get gives an item its whole ttl again
  test("a get renews, if asked to; getRemainingTTL counts down", async () => {
    const value = await once(async () => {
      const cache = new LRUCache<string, number>({ max: 10, ttl: minute, updateAgeOnGet: true });
      cache.set("a", 1).set("b", 2);
      for (let i = 0; i < 5; i++) {
        await pause(40 * second);
        cache.get("a");
      }
      await pause(10 * second);
      return [cache.getRemainingTTL("a"), cache.has("a"), cache.has("b")];
    });
    expect(value).toEqual([50 * second, true, false]);
  });

  // ttlAutopurge: expired items are removed by timers, unasked
  test("ttlAutopurge removes items unasked", async () => {
    const value = await once(async () => {
      const elapsed = stopwatch();
      const removed: string[] = [];
      const cache = new LRUCache<string, number>({
        ttl: hour,
        ttlAutopurge: true,
        dispose: (_value, key, reason) => void removed.push(`${key} ${reason} ${elapsed()}`),
      });
      cache.set("a", 1).set("b", 2, { ttl: minute });
      await pause(2 * hour);
      return { removed, size: cache.size };
    });
    expect(value.size).toBe(0);
    expect(value.removed).toEqual([`b expire ${minute + 1}`, `a expire ${hour + 1}`]);
  });

  test("a day of reads through a cache: one fetch in five minutes for each key", async () => {
    const { value, now } = await twice(async () => {
      const elapsed = stopwatch();
      const fetches: number[] = [];
      const cache = new LRUCache<string, number>({
        max: 10,
        ttl: 5 * minute,
        fetchMethod: async () => {
          await pause(300);
          fetches.push(elapsed());
          return elapsed();
        },
      });
      let oldest = 0;
      while (elapsed() < day) {
        const from = (await cache.fetch("key")) as number;
        oldest = Math.max(oldest, elapsed() - from);
        await pause(Math.random() * minute);
      }
      return { fetches, oldest };
    });
    expect(now).toBeGreaterThanOrEqual(day);
    expect(value.oldest).toBeLessThanOrEqual(5 * minute);
    expect(value.fetches.length).toBeGreaterThan(240);
    expect(value.fetches.length).toBeLessThanOrEqual(288);
  });
});

describe("keyv", () => {
  // ttl of the instance, and of one item, in ms; an expired item is undefined
  test("items are there until their ttl is over", async () => {
    const value = await once(async () => {
      const keyv = new Keyv<string>({ ttl: 5 * second });
      await keyv.set("a", "default");
      await keyv.set("b", "longer", hour);
      await keyv.set("c", "endless", 0);
      await pause(5 * second);
      const inTime = await keyv.get("a");
      await pause(1);
      const late = await keyv.get("a");
      const b = await keyv.get("b");
      await pause(day);
      return [inTime, late, b, await keyv.get("b"), await keyv.has("b")];
    });
    expect(value).toEqual(["default", undefined, "longer", undefined, false]);
  });

  test("a day of sessions", async () => {
    const { value, now } = await twice(async () => {
      const elapsed = stopwatch();
      const sessions = new Keyv<number>({ ttl: 30 * minute });
      const counts = { known: 0, expired: 0, wrong: 0 };
      const lastSeen = new Map<string, number>();
      while (elapsed() < day) {
        const user = `user ${Math.floor(Math.random() * 20)}`;
        const session = await sessions.get(user);
        const seen = lastSeen.get(user);
        const fresh = seen !== undefined && elapsed() - seen <= 30 * minute;
        if (fresh !== (session !== undefined)) counts.wrong++;
        if (session === undefined) counts.expired++;
        else counts.known++;
        await sessions.set(user, elapsed());
        lastSeen.set(user, elapsed());
        await pause(Math.random() * 3 * minute);
      }
      return counts;
    });
    expect(now).toBeGreaterThanOrEqual(day);
    expect(value.wrong).toBe(0);
    expect(value.known).toBeGreaterThan(100);
    expect(value.expired).toBeGreaterThan(100);
  });
});
