import { createTask, external, gather, log, mark, random, sleep } from "@tickless/core";
import { Lock, Queue } from "@tickless/sync";
import { expect, test } from "vitest";
import { portable } from "../../trace/test/portable.ts";
import { buggify, choose, explore, type ExploreOptions, interleave } from "../src/index.ts";

/** The text of a failing campaign, without what differs from machine to machine. */
async function textOf(main: () => Promise<unknown>, options: ExploreOptions = {}): Promise<string> {
  const { text } = await explore(main, { strategy: "random-walk", ...options });
  return portable(text).replaceAll(/, \d+ ms\./g, ", N ms.");
}

test("a lost update", async () => {
  const text = await textOf(async () => {
    let balance = 0;
    const deposit = async (): Promise<void> => {
      const before = balance;
      mark("read", before);
      await sleep(0);
      balance = before + 1;
      mark("wrote", balance);
    };
    await gather([
      createTask(deposit, { name: "alice" }),
      createTask(deposit, { name: "bob" }),
      createTask(() => sleep(1), { name: "bystander" }),
    ]);
    if (balance !== 2) throw new Error(`The balance is ${balance}`);
  });
  await expect(text).toMatchFileSnapshot("golden/lost-update.txt");
});

test("a lost update behind hand-overs", async () => {
  const text = await textOf(async () => {
    let balance = 0;
    const database = interleave({
      read: async () => balance,
      write: async (value: number) => {
        balance = value;
      },
    });
    const deposit = async (): Promise<void> => {
      await database.write((await database.read()) + 1);
    };
    await gather([createTask(deposit), createTask(deposit)]);
    if (balance !== 2) throw new Error(`The balance is ${balance}`);
  });
  await expect(text).toMatchFileSnapshot("golden/hand-overs.txt");
});

/** Two deposits in one task; the second comes later, so that the first order is right. */
const besides =
  (db: { read(): Promise<number>; write(value: number): Promise<void> }) => async () => {
    await db.write(0);
    const deposit = async (after: number): Promise<void> => {
      for (let i = 0; i < after; i++) await db.read();
      await db.write((await db.read()) + 1);
    };
    await Promise.all([deposit(0), deposit(3)]);
    const balance = await db.read();
    if (balance !== 2) throw new Error(`The balance is ${balance}`);
  };

function memory(): { read(): Promise<number>; write(value: number): Promise<void> } {
  let balance = 0;
  return {
    read: async () => balance,
    write: async (value) => {
      balance = value;
    },
  };
}

test("a race within one task: what is told, and how to have its parts told apart", async () => {
  const text = await textOf(besides(interleave(memory())));
  await expect(text).toMatchFileSnapshot("golden/one-task.txt");
});

test("a race within one task that no await lets happen: the report says that it was one task", async () => {
  const text = await textOf(besides(memory()));
  expect(text).toMatch(
    /^nothing to explore: 1 schedule\. All of it ran in one task, `main`: .*\.$/m,
  );
  for (const way of ["gather([createTask(a), createTask(b)])", "plugin", "hook", "interleave"]) {
    expect(text).toContain(way);
  }
  const two = await textOf(async () => {
    await createTask(besides(memory()));
  });
  expect(two).toContain("nothing to explore: 1 schedule. No two tasks were ever ready at one time");
});

test("tasks of their own are told apart, and no advice is given", async () => {
  const db = interleave(memory());
  const deposit = async (): Promise<void> => db.write((await db.read()) + 1);
  const text = await textOf(async () => {
    await db.write(0);
    await gather([createTask(deposit), createTask(deposit)]);
    if ((await db.read()) !== 2) throw new Error("lost");
  });
  expect(text).toContain("main/1");
  expect(text).not.toContain("side by side");
});

test("a deadlock", async () => {
  const text = await textOf(async () => {
    const [first, second] = [new Lock({ name: "first" }), new Lock({ name: "second" })];
    const both = (one: Lock, other: Lock) => async (): Promise<void> => {
      await one.acquire();
      await sleep(random("pace").int(1, 9));
      await other.acquire();
      other.release();
      one.release();
    };
    await sleep(3);
    void createTask(both(first, second), { name: "forth" });
    await sleep(choose(12));
    await createTask(both(second, first), { name: "back" });
  });
  await expect(text).toMatchFileSnapshot("golden/deadlock.txt");
});

test("a fault and many tasks", async () => {
  const text = await textOf(async () => {
    const jobs = new Queue<number>({ name: "jobs", maxsize: 2 });
    let done = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        const job = await jobs.get();
        await sleep(2);
        if (job === 4 && buggify("worker dies")) return;
        if (job < 0) return;
        done++;
      }
    };
    const workers = Array.from({ length: 3 }, (_, i) =>
      createTask(worker, { name: `worker-${i}` }),
    );
    for (const job of [1, 2, 3, 4, 5, -1, -1, -1]) await jobs.put(job);
    log("all jobs are given out");
    await gather(workers);
    if (done !== 5) throw new RangeError(`${done} jobs were done`);
  });
  await expect(text).toMatchFileSnapshot("golden/fault.txt");
});

test("a failure in any order", async () => {
  const text = await textOf(async () => {
    await gather([createTask(() => sleep(1)), createTask(() => sleep(1))]);
    throw new SyntaxError("always");
  });
  await expect(text).toMatchFileSnapshot("golden/any-order.txt");
});

test("the order of calls", async () => {
  const call = (answer: string) => external(() => Promise.resolve(answer), { ordered: false });
  const text = await textOf(async () => {
    const answers: string[] = [];
    const ask = (name: string) => async (): Promise<void> => {
      answers.push(await call(name));
    };
    await gather([createTask(ask("a")), createTask(ask("b"))]);
    if (answers[0] === "b") throw new Error("b has answered first");
  });
  await expect(text).toMatchFileSnapshot("golden/order.txt");
});
