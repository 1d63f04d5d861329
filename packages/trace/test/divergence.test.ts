import { createTask, gather, random, sleep } from "@tickless/core";
import { Lock, Queue } from "@tickless/sync";
import { traceOf } from "../src/event-list.ts";
import { describe, expect, test } from "vitest";
import {
  type Divergence,
  record,
  replay,
  type StrictOptions,
  type TraceProgram,
} from "../src/index.ts";
import { portable } from "./portable.ts";

async function divergence(
  recorded: () => unknown,
  changed: () => unknown,
  options: StrictOptions = {},
): Promise<Divergence> {
  const { trace } = await record(recorded, { seed: 7, program: options.program });
  const replayed = await replay(trace, changed, options);
  if (replayed.same) throw new Error("the replay did not diverge");
  return replayed.divergence;
}

/** A till that keeps the ledger locked until an order comes, and a clerk who writes into it then. */
const shop = (checksStockFirst: boolean) => async (): Promise<void> => {
  const orders = new Queue<string>({ name: "orders" });
  const shipped = new Queue<string>({ name: "shipped" });
  const ledger = new Lock({ name: "ledger" });
  const customer = async (): Promise<void> => {
    await sleep(random("arrivals").int(10, 50));
    await orders.put("tea");
  };
  const till = async (): Promise<void> => {
    await ledger.acquire();
    await orders.get();
    ledger.release();
  };
  const clerk = async (): Promise<void> => {
    await ledger.acquire();
    if (checksStockFirst) await sleep(3);
    await shipped.put("tea");
    ledger.release();
  };
  await gather([
    createTask(till, { name: "till" }),
    createTask(clerk, { name: "clerk" }),
    createTask(customer, { name: "customer" }),
  ]);
};

describe("the report of a divergence", () => {
  test("tells the causes across a lock, a queue and a timer", async () => {
    const program: TraceProgram = {
      file: "src/shop.ts",
      export: "default",
      args: ["--day", "black friday"],
      digest: "5d41402a",
    };
    const { trace } = await record(shop(false), { seed: 7, until: 100, program });
    const changed = { ...program, digest: "7d793037" };
    const replayed = await replay(trace, shop(true), {
      program: changed,
      traceFile: "runs/monday.trace",
    });
    if (replayed.same) throw new Error("the replay did not diverge");
    const { causes, report } = replayed.divergence;
    expect(causes.map(({ text }) => text).slice(0, 7)).toEqual([
      "main/clerk goes on",
      "main/till releases lock main/ledger",
      "main/till goes on",
      "main/customer puts an item into queue main/orders (1 in it then)",
      "main/customer goes on",
      "the timer of main/customer fires",
      expect.stringMatching(/^main\/customer sleeps until t=\d+ ms$/),
    ]);
    expect(causes.every(({ event }, i) => i === 0 || event < (causes[i - 1]?.event ?? 0))).toBe(
      true,
    );
    await expect(portable(report)).toMatchFileSnapshot("golden/timer-queue-lock.txt");
  });

  test("tells which stream drew more, and asks what the seed does not control", async () => {
    const game = (rolls: number) => async (): Promise<void> => {
      random("weather")();
      for (let i = 0; i < rolls; i++) random("dice").int(1, 7);
      await sleep(1);
    };
    const { report } = await divergence(game(2), game(3));
    await expect(portable(report)).toMatchFileSnapshot("golden/extra-draw.txt");
  });

  test("says first, of an unchanged program, that it takes something from outside the run", async () => {
    const program: TraceProgram = {
      file: "src/coin.ts",
      export: "default",
      args: [],
      digest: "5d41402a",
    };
    let runs = 0;
    const coin = async (): Promise<void> => {
      await sleep(++runs);
    };
    const { report } = await divergence(coin, coin, { program, traceFile: "coin.trace" });
    expect(report).not.toContain("record it anew");
    await expect(portable(report)).toMatchFileSnapshot("golden/unchanged.txt");
  });

  test("tells which tasks are ready to go on", async () => {
    const crowd = (wakesLater: boolean) => async (): Promise<void> => {
      const queue = new Queue<number>({ name: "tickets" });
      const get = () => queue.get();
      const fans = Array.from({ length: 10 }, (_, i) =>
        createTask(get, { name: `fan-${"abcdefghij"[i]}` }),
      );
      await sleep(5);
      for (let i = 0; i < 10; i++) await queue.put(i);
      if (wakesLater) queue.putNowait(11);
      await gather(fans);
    };
    const { report } = await divergence(crowd(false), crowd(true));
    await expect(portable(report)).toMatchFileSnapshot("golden/ready-tasks.txt");
  });

  test("tells of a program that ends early", async () => {
    const laps = (count: number) => async (): Promise<void> => {
      for (let i = 0; i < count; i++) await sleep(2);
    };
    const { report } = await divergence(laps(30), laps(20));
    await expect(portable(report)).toMatchFileSnapshot("golden/ends-early.txt");
  });

  test("tells which field of an event is another, also where the words are the same", async () => {
    const nap = (delay: number) => () => sleep(delay);
    const { report } = await divergence(nap(1), nap(2));
    expect(report).toContain("What is different in this event:\n  until: 1 expected, 2 actual\n");
    const { trace } = await record(nap(1));
    const events = [...trace.events()].map((event) =>
      event.kind === "settle" ? { ...event, cause: 3 } : event,
    );
    const replayed = await replay(traceOf(trace.header, events), nap(1));
    expect(replayed).toMatchObject({
      divergence: { expected: "main returns", actual: "main returns" },
    });
    expect(replayed).toMatchObject({
      divergence: {
        report: expect.stringContaining("made to happen by event: 3 expected, 7 actual") as string,
      },
    });
  });

  test("tells of the very first event", async () => {
    const { trace } = await record(() => sleep(1));
    const first = { ...trace, header: { ...trace.header, seed: "8" } };
    const replayed = await replay(first, () => sleep(1));
    expect(replayed).toMatchObject({
      same: false,
      divergence: {
        event: 1,
        time: 0,
        task: null,
        expected: 'the run begins at t=0 ms, seed "0"',
        actual: 'the run begins at t=0 ms, seed "8"',
        causes: [],
      },
    });
  });
});
