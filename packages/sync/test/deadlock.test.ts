import { createTask, DeadlockError, run, sleep } from "@tickless/core";
import { Event, Lock, Queue } from "@tickless/sync";
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
