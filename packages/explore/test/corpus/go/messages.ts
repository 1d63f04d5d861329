import { createTask, sleep, timeout, TimeoutError } from "@tickless/core";
import { Barrier, Queue } from "@tickless/sync";
import { wait } from "../../../../core/test/kinds.ts";
import { choose } from "../../../src/index.ts";
import { point, together } from "../program.ts";
import { type GoProgram, pair } from "./pair.ts";

/** The receiver has given up when the sender comes (Kubernetes, the paper's figure 1). */
export const abandonedResult: GoProgram = pair(
  {
    name: "abandoned_result",
    bug: "the result comes after the time-out, and nobody receives it",
    within: 15,
    schedules: 3,
  },
  function* (kind, right) {
    const channel = new Queue<number>({ name: "result" });
    const task = createTask(
      kind.of(function* () {
        yield* wait(sleep(10 * choose(3)));
        channel.putNowait(1);
        // Without a buffer the sender waits for the receiver.
        if (!right) yield* wait(channel.join());
      }),
      { name: "worker" },
    );
    const receive = kind.of(function* () {
      yield* wait(channel.get());
      channel.taskDone();
    });
    try {
      yield* wait(timeout(15, receive));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    }
    yield* wait(task);
  },
);

/** A wait group of which one member returns without being counted as done. */
export const waitGroupDone: GoProgram = pair(
  {
    name: "wait_group_done",
    bug: "a worker that finds the work stopped leaves without `taskDone`",
    within: 15,
    schedules: 210,
  },
  function* (kind, right) {
    const jobs = new Queue<number>({ name: "jobs" });
    let stopped = false;
    const worker = function* () {
      yield* wait(jobs.get());
      if (stopped && !right) return;
      yield* point();
      jobs.taskDone();
    };
    const stop = function* () {
      yield* point();
      yield* point();
      stopped = true;
    };
    jobs.putNowait(1);
    jobs.putNowait(2);
    yield* together(kind, [worker, worker, stop]);
    yield* wait(jobs.join());
  },
);

/** One of those who are waited for goes another way. */
export const desertedBarrier: GoProgram = pair(
  {
    name: "deserted_barrier",
    bug: "a party that finds nothing left to do does not come to the barrier",
    within: 15,
    schedules: 30,
  },
  function* (kind, right) {
    const barrier = new Barrier(2, { name: "phase" });
    let left = 2;
    const party = function* () {
      yield* point();
      let taken = 0;
      while (left > 0 && taken < 2) {
        left -= 1;
        taken += 1;
        yield* point();
      }
      if (taken === 0 && !right) return;
      yield* wait(barrier.wait());
    };
    yield* together(kind, [party, party]);
  },
);
