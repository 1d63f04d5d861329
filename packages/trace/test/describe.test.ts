import { createTask, sleep } from "@tickless/core";
import { Barrier, Condition, Event, Lock, Queue, Semaphore } from "@tickless/sync";
import { expect, test } from "vitest";
import { describeEvent, record, replay, TraceIndex } from "../src/index.ts";

/** One of each operation of each primitive. */
async function main(): Promise<void> {
  const both = new Barrier(2, { name: "both" });
  const changed = new Condition({ name: "changed" });
  const jobs = new Queue<string>({ name: "jobs" });
  const ready = new Event({ name: "ready" });
  const waiter = createTask(
    async () => {
      await both.wait();
      await changed.withLock(() => changed.wait());
    },
    { name: "waiter" },
  );
  await sleep(1);
  await both.wait();
  await sleep(1);
  await both.reset();
  await both.abort();
  await sleep(1);
  await changed.withLock(() => {
    changed.notify();
    changed.notifyAll();
  });
  await waiter;
  await jobs.put("job");
  await jobs.get();
  jobs.taskDone();
  jobs.shutdown();
  ready.set();
  ready.clear();
  await new Lock({ name: "door" }).withLock(() => undefined);
  await new Semaphore(2, { name: "slots" }).withPermit(() => undefined);
}

test("each operation of a primitive has its words", async () => {
  const { trace } = await record(main);
  const index = new TraceIndex(trace);
  const lines = [...trace.events()]
    .filter(({ kind }) => kind === "operation")
    .map((event) => describeEvent(event, index));
  expect(lines).toEqual([
    "main/waiter comes to barrier main/both (1 there then)",
    "main comes to barrier main/both (2 there then)",
    "main/waiter takes lock main/changed-lock",
    "main/waiter releases lock main/changed-lock",
    "main resets barrier main/both",
    "main aborts barrier main/both",
    "main takes lock main/changed-lock",
    "main notifies who waits for condition main/changed",
    "main notifies all who wait for condition main/changed",
    "main releases lock main/changed-lock",
    "main/waiter takes lock main/changed-lock",
    "main/waiter releases lock main/changed-lock",
    "main puts an item into queue main/jobs (1 in it then)",
    "main takes an item from queue main/jobs (0 left)",
    "main reports an item of queue main/jobs as done (0 not done then)",
    "main shuts queue main/jobs down (0 in it then)",
    "main sets event main/ready",
    "main clears event main/ready",
    "main takes lock main/door",
    "main releases lock main/door",
    "main takes semaphore main/slots",
    "main releases semaphore main/slots",
  ]);
});

test("a program that uses every primitive replays", async () => {
  const { trace } = await record(main);
  expect(await replay(trace, main)).toMatchObject({ same: true });
});
