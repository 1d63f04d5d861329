// A day at a small service. One producer for each source puts jobs into a bounded queue; six
// workers take them out. An attempt that takes too long is given up and tried again. What happens
// is written into a ledger, which one worker at a time may hold. Times are in seconds.
import {
  createTask,
  external,
  gather,
  Lock,
  now,
  Queue,
  random,
  sleep,
  timeout,
  TimeoutError,
} from "tickless";
import { type Job, readJobs } from "./jobs.ts";
import { type Summary, Tally } from "./summary.ts";

const workerCount = 6;
const queueSize = 50;
const attemptLimitS = 60;
const mostAttempts = 3;
/** Share of the attempts that hang. */
const hangingShare = 0.02;

/** What a worker does after an attempt that took too long, before it tries again. */
export type Recovery = (writeEntry: () => Promise<void>, pauseS: number) => Promise<void>;

/** What the tasks of a day have in common. */
interface Service {
  /** Jobs on their way to a worker; null sends a worker home. */
  readonly queue: Queue<Job | null>;
  readonly ledger: Lock;
  readonly tally: Tally;
  readonly recover: Recovery;
}

async function produce(jobs: readonly Job[], { queue, tally }: Service): Promise<void> {
  for (const job of jobs) {
    await sleep(job.arrivesS - now());
    const since = now();
    await queue.put(job);
    tally.heldUp(now() - since, queue.qsize());
  }
}

async function writeEntry({ ledger, tally }: Service): Promise<void> {
  const since = now();
  await ledger.withLock(async () => {
    tally.waitedForLedger(now() - since);
    await sleep(1);
  });
}

async function attempt(job: Job): Promise<void> {
  const hangs = random("hanging")() < hangingShare;
  await sleep(hangs ? 3600 : job.workS);
}

/** Tries a job a few times; answers whether it was done. */
async function tryJob(job: Job, service: Service): Promise<boolean> {
  for (let count = 1; count <= mostAttempts; count++) {
    try {
      await timeout(attemptLimitS, () => attempt(job));
      return true;
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      service.tally.timedOut();
      await service.recover(() => writeEntry(service), 10 * count);
    }
  }
  return false;
}

async function work(service: Service): Promise<void> {
  const { queue, tally } = service;
  for (;;) {
    const job = await queue.get();
    if (job === null) return;
    tally.begun(now() - job.arrivesS);
    const done = await tryJob(job, service);
    await writeEntry(service);
    tally.ended(done);
  }
}

function bySource(jobs: readonly Job[]): Map<string, Job[]> {
  const sources = new Map<string, Job[]>();
  for (const job of jobs) {
    const others = sources.get(job.source);
    if (others === undefined) sources.set(job.source, [job]);
    else others.push(job);
  }
  return sources;
}

/** Simulates the day whose jobs are in `file`. */
export async function simulateDay(file: string, recover: Recovery): Promise<Summary> {
  // Real input comes in through `external`: virtual time stands still until it is there, and a
  // replay takes it from the trace instead of reading the file again.
  const jobs = await external(() => readJobs(file));

  const queue = new Queue<Job | null>({ maxsize: queueSize, name: "jobs" });
  const ledger = new Lock({ name: "ledger" });
  const tally = new Tally();
  const service: Service = { queue, ledger, tally, recover };

  const producers = Array.from(bySource(jobs), ([source, its]) =>
    createTask(() => produce(its, service), { name: source }),
  );
  const workers = Array.from({ length: workerCount }, (_, i) =>
    createTask(() => work(service), { name: `worker-${i + 1}` }),
  );
  await gather(producers);
  for (let i = 0; i < workerCount; i++) await queue.put(null);
  await gather(workers);
  return tally.summary(now());
}

/** The program as `tickless run` and `tickless replay` load it. Its argument is a file of jobs. */
export default async function main({ args }: { args: readonly string[] }): Promise<Summary> {
  const [file = "examples/data/jobs.csv"] = args;
  return simulateDay(file, async (write, pauseS) => {
    await write();
    await sleep(pauseS);
  });
}
