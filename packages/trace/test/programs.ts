import { createTask, gather, now, random, sleep, timeout } from "@tickless/core";
import type { FlowOf } from "@tickless/core";
import { Event, Lock, Queue } from "@tickless/sync";
import type { Trace } from "../src/index.ts";

/** What a pipeline does differently from the first version. */
export interface Change {
  readonly delay?: number;
  readonly swapAwaits?: boolean;
  readonly extraDraw?: boolean;
  readonly workersBackwards?: boolean;
  readonly peekFirst?: boolean;
}

/** A producer, a bounded queue, two workers, a ledger under a lock. `effects` gets a line after every await. */
export function pipeline(effects: string[] = [], change: Change = {}): () => Promise<number> {
  return async () => {
    const jobs = new Queue<number>({ maxsize: 2, name: "jobs" });
    const ledger = new Lock({ name: "ledger" });
    const note = (line: string): void => void effects.push(`${now()} ${line}`);
    let sum = 0;

    const produce = async (): Promise<void> => {
      for (let job = 1; job <= 4; job++) {
        await sleep(random("arrivals").int(1, change.delay ?? 10));
        note(`produced ${job}`);
        await jobs.put(job);
        note(`put ${job}`);
      }
      await jobs.put(0);
      note("closed");
    };
    const work = (name: string) => async (): Promise<void> => {
      for (;;) {
        const job = await jobs.get();
        note(`${name} got ${job}`);
        if (job === 0) return jobs.putNowait(0);
        if (change.extraDraw === true && job === 2) note(`drew ${random("extra")()}`);
        const serve = async (): Promise<void> => {
          await sleep(5 + job);
          note(`${name} served ${job}`);
        };
        if (change.swapAwaits === true && job === 3) await serve();
        await ledger.acquire();
        note(`${name} has the ledger`);
        if (!(change.swapAwaits === true && job === 3)) await serve();
        sum += job;
        ledger.release();
        note(`${name} released`);
      }
    };
    const names = ["alice", "bob"];
    if (change.workersBackwards === true) names.reverse();
    if (change.peekFirst === true) jobs.putNowait(-1);
    if (change.peekFirst === true) jobs.getNowait();
    const workers = names.map((name) => createTask(work(name), { name }));
    void createTask(produce, { name: "producer" });
    await gather(workers);
    note("done");
    return sum;
  };
}

/** A generator program with a timer, a timeout, an event, a cancellation and random numbers. */
export function* relay(): FlowOf<string> {
  const start = new Event({ name: "start" });
  const laps: string[] = [];
  const runner = (name: string) =>
    function* run(): FlowOf<void> {
      yield* start.wait();
      yield* sleep(random(name).int(1, 100));
      laps.push(`${name}@${now()}`);
    };
  const tasks = ["a", "b", "c"].map((name) => createTask(runner(name), { name }));
  const idle = createTask(function* (): FlowOf<void> {
    yield* sleep(1_000_000);
  });
  yield* sleep(5);
  start.set();
  yield* timeout(500, function* (): FlowOf<void> {
    for (const task of tasks) yield* task;
  });
  idle.cancel();
  yield* sleep(0);
  return laps.join(" ");
}

/** All that a trace says, to be compared with another. */
export function contentOf(trace: Trace): object {
  const { header, fingerprint, complete, notices, first, last } = trace;
  const [events, notes] = [[...trace.events()], [...trace.notes()]];
  return { header, fingerprint, complete, notices, first, last, events, notes };
}
