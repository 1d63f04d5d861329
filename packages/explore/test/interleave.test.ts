import { describe, expect, test } from "vitest";
import {
  createTask,
  gather,
  isCancelled,
  now,
  run,
  simulate,
  sleep,
  timeout,
} from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { explore } from "../src/explore.ts";
import { interleave } from "../src/interleave.ts";

/** Takes what has been ready for longest. */
const turns: Policy = { choose: () => 0 };

class Store {
  #value = 0;
  readonly log: string[] = [];
  name = "store";

  get size(): number {
    return this.#value;
  }

  set size(value: number) {
    this.#value = value;
  }

  async get(): Promise<number> {
    this.log.push("get");
    return this.#value;
  }

  async set(value: number): Promise<void> {
    this.log.push("set");
    this.#value = value;
  }

  async add(n: number): Promise<number> {
    await this.set((await this.get()) + n);
    return this.#value;
  }

  later(): Promise<string> {
    this.log.push("later");
    return Promise.resolve("later");
  }

  async fails(): Promise<never> {
    throw new RangeError("out of range");
  }

  failsAtOnce(): Promise<never> {
    throw new RangeError("at once");
  }

  plain(n: number): number {
    return n + this.#value;
  }

  chained(): this {
    return this;
  }

  async *values(): AsyncGenerator<number> {
    yield 1;
    yield this.#value;
  }
}

/** Two tasks that each add 1 in two calls, where `through` is what they call. */
const updates = (through: (store: Store) => Store) => async (): Promise<number> => {
  const store = new Store();
  const seen = through(store);
  const increment = async (): Promise<void> => {
    const b = await seen.get();
    await seen.set(b + 1);
  };
  await gather([increment, async () => increment()]);
  return store.size;
};

describe("S10.10: interleave", () => {
  test("finds the lost update over a fake without a timer, which is not there without it", async () => {
    const check = ({ outcome }: { outcome: unknown }): void => {
      expect(outcome).toMatchObject({ value: 2 });
    };
    const found = await explore(
      updates((store) => interleave(store)),
      { check },
    );
    expect(found.failure?.error).toMatchObject({ name: "AssertionError" });
    const without = await explore(
      updates((store) => store),
      { check },
    );
    expect(without.failure).toBeNull();
  });

  test("of an async method is a hand-over before the call, and one after it", async () => {
    const log: string[] = [];
    await run(
      async () => {
        const store = interleave({ call: async () => void log.push("call") });
        const other = createTask(async () => {
          log.push("other");
          await sleep(0);
          log.push("other again");
        });
        await store.call();
        log.push("after");
        await other;
      },
      { policy: turns },
    );
    expect(log).toEqual(["other", "call", "other again", "after"]);
  });

  test.each<[string, Policy | undefined]>([
    ["without a policy", undefined],
    ["under one", turns],
  ])("keeps everything else %s", async (_, policy) => {
    await run(
      async () => {
        const store = new Store();
        const seen = interleave(store);
        expect(seen).toBeInstanceOf(Store);
        expect(Object.getPrototypeOf(seen)).toBe(Store.prototype);
        expect(seen.constructor).toBe(Store);
        expect(Object.keys(seen)).toEqual(Object.keys(store));
        const method = (name: keyof Store): unknown => Reflect.get(seen, name);
        expect(method("get")).toBe(method("get"));
        expect((method("add") as () => void).name).toBe("add");
        seen.size = 3;
        expect([seen.size, seen.plain(1), await seen.get()]).toEqual([3, 4, 3]);
        seen.name = "other";
        expect(store.name).toBe("other");
        expect("log" in seen).toBe(true);
        expect(await seen.add(2)).toBe(5);
        expect(seen.add(0)).toBeInstanceOf(Promise);
        expect(await seen.later()).toBe("later");
        expect(await seen.later().then((text) => text.length)).toBe(5);
        await expect(seen.fails()).rejects.toThrow(new RangeError("out of range"));
        expect(() => seen.failsAtOnce()).toThrow(new RangeError("at once"));
        expect(seen.chained()).toBe(seen);
        const values: number[] = [];
        for await (const value of seen.values()) values.push(value);
        expect(values).toEqual([1, 5]);
        const borrowed = { call: method("plain") as (n: number) => number };
        expect(() => borrowed.call(1)).toThrow(TypeError);
        await sleep(0);
      },
      { policy },
    );
  });

  test("outside a run, and without a policy, the promise is the method's own", async () => {
    const promise = Promise.resolve(1);
    const object = { async: async () => 1, own: () => promise };
    const seen = interleave(object, { latency: 5 });
    expect(seen.own()).toBe(promise);
    expect(await seen.async()).toBe(1);
    await run(async () => expect(interleave(object).own()).toBe(promise));
  });

  test("of a frozen object", async () => {
    const main = async (): Promise<number> => {
      let value = 0;
      const store = interleave(
        Object.freeze({
          get: async () => value,
          set: async (next: number) => void (value = next),
        }),
      );
      const increment = async (): Promise<void> => store.set((await store.get()) + 1);
      await gather([increment, async () => increment()]);
      expect(Object.keys(store)).toEqual(["get", "set"]);
      return value;
    };
    expect(await run(main)).toBe(2);
    expect(await run(main, { policy: turns })).toBe(1);
  });

  test("of objects with internal slots, and of functions as properties", async () => {
    class Kind {
      static of = 1;
      own = 2;
    }
    const map = interleave(new Map([["a", 1]]));
    expect([map.get("a"), map.size, [...map]]).toEqual([1, 1, [["a", 1]]]);
    const { Kind: seen } = interleave({ Kind });
    expect(new seen()).toBeInstanceOf(Kind);
    expect(seen.of).toBe(1);
  });

  test("of what is awaited by itself, as the queries of some databases are", async () => {
    const database = {
      asked: 0,
      query() {
        const rows = ["row"];
        return {
          where() {
            rows.push("found");
            return this;
          },
          then: (resolve: (rows: string[]) => void) => {
            database.asked++;
            resolve(rows);
          },
        };
      },
    };
    const asked: number[] = [];
    const policy: Policy = { choose: (_, count) => asked.push(count) - asked.length };
    const rows = async (): Promise<string[]> => interleave(database).query().where();
    expect(await rows()).toEqual(["row", "found"]);
    expect(await run(rows)).toEqual(["row", "found"]);
    await run(() => gather([rows, async () => rows()]).toPromise(), { policy });
    expect(database.asked).toBe(4);
    // Both begin; then each hands over while the other one is ready.
    expect(asked).toEqual([2, 2, 2]);
  });

  test("of what the engine itself makes one wait for changes nothing", async () => {
    const pause = sleep(1);
    const seen = interleave({ pause: () => pause });
    await run(
      async () => {
        expect(seen.pause()).toBe(pause);
        await pause;
      },
      { policy: turns },
    );
  });
});

describe("interleave with a latency", () => {
  test("takes that time, and the method runs at the end of it", async () => {
    const times: number[] = [];
    await run(async () => {
      const seen = interleave({ call: async () => void times.push(now()) }, { latency: 5 });
      await seen.call();
      await seen.call();
    });
    expect(times).toEqual([5, 10]);
  });

  test("S9: of a stream is the same in every run of one seed", async () => {
    const ends = async (seed: string): Promise<number[]> => {
      const times: number[] = [];
      await run(
        async () => {
          const latency = { latency: (random: () => number) => 1 + Math.floor(random() * 1000) };
          const seen = interleave({ call: async () => void times.push(now()) }, latency);
          for (let i = 0; i < 3; i++) await seen.call();
        },
        { seed },
      );
      return times;
    };
    expect(await ends("a")).toEqual(await ends("a"));
    expect(await ends("a")).not.toEqual(await ends("b"));
  });

  test("S6: a call that is cancelled meanwhile is never made", async () => {
    let calls = 0;
    const seen = interleave({ call: async () => ++calls }, { latency: 5 });
    const result = await simulate(() => timeout(3, () => seen.call()));
    expect(result.outcome).toMatchObject({ reason: { name: "TimeoutError" } });
    expect(calls).toBe(0);
  });

  test("of a method that is no async function passes after it, also after a failure", async () => {
    const calls: number[] = [];
    const object = {
      call: () => (calls.push(now()), Promise.resolve()),
      fail: () => Promise.reject(new Error("failed")),
    };
    await run(async () => {
      const seen = interleave(object, { latency: 5 });
      await seen.call();
      expect(now()).toBe(5);
      await expect(seen.fail()).rejects.toThrow("failed");
      expect(now()).toBe(10);
    });
    expect(calls).toEqual([0]);
  });

  test("shows the lost update without a policy", async () => {
    expect(await run(updates((store) => interleave(store, { latency: 5 })))).toBe(1);
    expect(await run(updates((store) => store))).toBe(2);
  });

  test.each([
    [NaN, TypeError],
    ["5", TypeError],
    [Infinity, RangeError],
  ])("of %s is refused", (latency, error) => {
    expect(() => interleave({}, { latency: latency as number })).toThrow(error);
  });
});

test.each([null, 5, "text", () => 1])("interleave(%s) is refused", (value) => {
  expect(() => interleave(value as never)).toThrow("Expected `object` to be an object");
});

test("S13: a task that is cancelled at a hand-over keeps what the call gave it", async () => {
  const log: unknown[] = [];
  await run(
    async () => {
      const seen = interleave({ take: async () => "item" });
      const worker = createTask(async () => {
        log.push(await seen.take());
        await sleep(1)
          .toPromise()
          .catch((error: unknown) => log.push(isCancelled(error)));
      });
      await sleep(0);
      worker.cancel();
      await sleep(2);
    },
    { policy: turns },
  );
  expect(log).toEqual(["item", true]);
});
