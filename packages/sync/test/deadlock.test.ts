import { createTask, DeadlockError, getRunningLoop, race, run, sleep } from "@tickless/core";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@tickless/sync";
import { expect, test } from "vitest";

// S7: each of these was read as a stranger reads it, at two in the morning.

async function messageOf(main: () => Promise<unknown>): Promise<string> {
  const error: unknown = await run(main).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DeadlockError);
  return (error as DeadlockError).message;
}

const golden = (name: string): string => `./golden/deadlock-${name}.txt`;

test("S7: two locks crossed", async () => {
  const message = await messageOf(async () => {
    const accounts = new Lock({ name: "accounts" });
    const journal = new Lock({ name: "journal" });
    const transfer = createTask(
      () =>
        accounts.withLock(async () => {
          await sleep(10);
          await journal.acquire();
        }),
      { name: "transfer" },
    );
    void createTask(
      () =>
        journal.withLock(async () => {
          await sleep(5);
          await accounts.acquire();
        }),
      { name: "audit" },
    );
    await transfer;
  });
  await expect(message).toMatchFileSnapshot(golden("locks"));
});

test("S7: a get from a queue that nobody fills", async () => {
  const message = await messageOf(async () => {
    const jobs = new Queue<string>({ name: "jobs" });
    const worker = createTask(
      async () => {
        for (;;) await jobs.get();
      },
      { name: "worker" },
    );
    await jobs.put("only one");
    await worker;
  });
  await expect(message).toMatchFileSnapshot(golden("queue-get"));
});

test("S7: a put into a queue that nobody empties", async () => {
  const message = await messageOf(async () => {
    const jobs = new Queue<number>({ name: "jobs", maxsize: 2 });
    for (let job = 0; job < 3; job++) await jobs.put(job);
  });
  await expect(message).toMatchFileSnapshot(golden("queue-put"));
});

test("S7: a join that nobody finishes", async () => {
  const message = await messageOf(async () => {
    const jobs = new Queue<number>({ name: "jobs" });
    await jobs.put(1);
    await jobs.get();
    await jobs.join();
  });
  await expect(message).toMatchFileSnapshot(golden("queue-join"));
});

test("S7: a join of what nobody takes", async () => {
  const message = await messageOf(async () => {
    const jobs = new Queue<number>({ name: "jobs" });
    await jobs.put(1);
    await jobs.join();
  });
  await expect(message).toMatchFileSnapshot(golden("queue-join-untaken"));
});

test("S7: a pipeline whose consumer has ended, with who put and got last", async () => {
  const message = await messageOf(async () => {
    const jobs = new Queue<number>({ name: "jobs", maxsize: 2 });
    const producer = createTask(
      async () => {
        for (let job = 0; job < 5; job++) {
          await sleep(10);
          await jobs.put(job);
        }
      },
      { name: "producer" },
    );
    void createTask(
      async () => {
        await sleep(15);
        await jobs.get();
      },
      { name: "consumer" },
    );
    await producer;
  });
  await expect(message).toMatchFileSnapshot(golden("queue-put-late"));
});

test("S7: a lock that was taken long before somebody waits for it", async () => {
  const message = await messageOf(async () => {
    const lock = new Lock({ name: "journal" });
    const never = new Event({ name: "never" });
    void createTask(() => lock.withLock(() => never.wait()), { name: "auditor" });
    await sleep(5);
    await lock.acquire();
  });
  await expect(message).toMatchFileSnapshot(golden("lock-since"));
});

test("S7: a semaphore whose permits are all held", async () => {
  const message = await messageOf(async () => {
    const slots = new Semaphore(2, { name: "slots" });
    const stuck = new Event({ name: "stuck" });
    for (const [name, delay] of [
      ["early", 1],
      ["late", 3],
    ] as const) {
      void createTask(
        async () => {
          await sleep(delay);
          await slots.withPermit(() => stuck.wait());
        },
        { name },
      );
    }
    await sleep(4);
    await slots.acquire();
  });
  await expect(message).toMatchFileSnapshot(golden("semaphore"));
});

async function cycleOf(main: () => Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await run(main).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DeadlockError);
  return (error as DeadlockError).cycle;
}

test("S7: a race that something else could end is in no cycle", async () => {
  const cycle = await cycleOf(async () => {
    const lock = new Lock();
    const mail = new Queue();
    await lock.acquire();
    await createTask(() => race([lock.acquire(), mail.get()]));
  });
  expect(cycle).toEqual([]);
});

test("S7: a race of which every wait is held up is in a cycle", async () => {
  const cycle = await cycleOf(async () => {
    const locks = [new Lock(), new Lock()] as const;
    for (const lock of locks) await lock.acquire();
    await createTask(() => race([locks[0].acquire(), locks[1].acquire()]), { name: "either" });
  });
  expect(cycle).toEqual(["main", "main/either"]);
});

test("S7: two semaphores crossed are a cycle", async () => {
  const message = await messageOf(async () => {
    const [cups, plates] = [
      new Semaphore(1, { name: "cups" }),
      new Semaphore(1, { name: "plates" }),
    ];
    const taking = (first: Semaphore, second: Semaphore) => () =>
      first.withPermit(async () => {
        await sleep(1);
        await second.acquire();
      });
    void createTask(taking(cups, plates), { name: "tea" });
    await createTask(taking(plates, cups), { name: "cake" });
  });
  await expect(message).toMatchFileSnapshot(golden("semaphores-crossed"));
});

test("S7: a semaphore with a holder that has ended", async () => {
  const message = await messageOf(async () => {
    const slots = new Semaphore(1, { name: "slots" });
    await createTask(() => slots.acquire(), { name: "forgetful" });
    await sleep(2);
    await slots.acquire();
  });
  await expect(message).toMatchFileSnapshot(golden("semaphore-holder-ended"));
});

test("S7: a semaphore whose permits the waiter holds itself, and one that never had any", async () => {
  const message = await messageOf(async () => {
    const slots = new Semaphore(2, { name: "slots" });
    const signal = new Semaphore(0, { name: "signal" });
    void createTask(() => signal.acquire(), { name: "listener" });
    await slots.acquire();
    await slots.acquire();
    await slots.acquire();
  });
  await expect(message).toMatchFileSnapshot(golden("semaphore-itself"));
});

test("S7: a semaphore used as a signal blames nobody", async () => {
  const message = await messageOf(async () => {
    const signal = new Semaphore(0, { name: "signal" });
    void createTask(
      async () => {
        await sleep(1);
        signal.release();
      },
      { name: "sender" },
    );
    await signal.acquire();
    await signal.acquire();
  });
  await expect(message).toMatchFileSnapshot(golden("semaphore-signal"));
});

test("S7: a condition that was notified too early", async () => {
  const message = await messageOf(async () => {
    const ready = new Condition({ name: "ready" });
    void createTask(() => ready.withLock(() => ready.notify()), { name: "hasty" });
    await sleep(1);
    await ready.withLock(() => ready.wait());
  });
  await expect(message).toMatchFileSnapshot(golden("condition"));
});

test("S7: a condition notified by a task that keeps the lock", async () => {
  const message = await messageOf(async () => {
    const ready = new Condition({ name: "ready" });
    const waiter = createTask(() => ready.withLock(() => ready.wait()), { name: "waiter" });
    await sleep(1);
    await ready.acquire();
    ready.notifyAll();
    await waiter;
  });
  await expect(message).toMatchFileSnapshot(golden("condition-lock"));
});

test("S7: a barrier to which one does not come", async () => {
  const message = await messageOf(async () => {
    const start = new Barrier(3, { name: "start" });
    const runners = ["one", "two"].map((name, i) =>
      createTask(
        async () => {
          await sleep(i * 4);
          await start.wait();
        },
        { name },
      ),
    );
    for (const runner of runners) await runner;
  });
  await expect(message).toMatchFileSnapshot(golden("barrier"));
});

test("S7: an event that was cleared again before somebody came", async () => {
  const message = await messageOf(async () => {
    const ready = new Event({ name: "ready" });
    void createTask(
      async () => {
        await sleep(3);
        ready.set();
        ready.clear();
      },
      { name: "pulse" },
    );
    await sleep(5);
    await ready.wait();
  });
  await expect(message).toMatchFileSnapshot(golden("event-cleared"));
});

test("S7: an event that nobody sets", async () => {
  const message = await messageOf(async () => {
    await new Event({ name: "ready" }).wait();
  });
  await expect(message).toMatchFileSnapshot(golden("event"));
});

test("S7: a lock acquired twice by one task", async () => {
  const message = await messageOf(async () => {
    const lock = new Lock();
    await lock.withLock(async () => {
      await lock.acquire();
    });
  });
  await expect(message).toMatchFileSnapshot(golden("lock-twice"));
});

test("S7: a lock whose holder has ended", async () => {
  const message = await messageOf(async () => {
    const lock = new Lock();
    await createTask(() => lock.acquire(), { name: "forgetful" });
    await lock.acquire();
  });
  await expect(message).toMatchFileSnapshot(golden("lock-holder-ended"));
});

test("S7: a queue filled outside the run, or by a callback, names no task", async () => {
  const outside = new Queue<number>({ name: "outside", maxsize: 1 });
  outside.putNowait(0);
  expect(await messageOf(async () => outside.put(1))).toContain("last put outside any task");
  const inside = await messageOf(async () => {
    const queue = new Queue<number>({ name: "inside", maxsize: 1 });
    getRunningLoop().callSoon(() => queue.putNowait(0));
    await sleep(1);
    await queue.put(1);
  });
  expect(inside).toContain("last put outside any task");
});
