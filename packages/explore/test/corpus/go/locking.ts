import { Condition, Lock, Queue } from "@tickless/sync";
import { wait } from "../../../../core/test/kinds.ts";
import { point, together, under } from "../program.ts";
import { type GoProgram, pair } from "./pair.ts";

/** A way out of a function that leaves its lock held. */
export const missingUnlock: GoProgram = pair(
  {
    name: "missing_unlock",
    bug: "a request that comes after close() returns with the lock held",
    within: 10,
    schedules: 210,
  },
  function* (kind, right) {
    const lock = new Lock({ name: "server" });
    let closed = false;
    const request = function* () {
      yield* point();
      yield* wait(lock.acquire());
      if (closed && !right) return;
      lock.release();
    };
    const close = function* () {
      yield* point();
      yield* under(lock, () => {
        closed = true;
      });
    };
    yield* together(kind, [request, close, request]);
    yield* under(lock, () => {});
  },
);

/** A function that takes a lock calls, on one path, another that takes it too. */
export const doubleLock: GoProgram = pair(
  {
    name: "double_lock",
    bug: "a read of an emptied cache fills it under the lock that it holds",
    within: 15,
    schedules: 10,
  },
  function* (kind, right) {
    const lock = new Lock({ name: "cache" });
    let cached: number | null = 1;
    const fill = () => {
      cached = 2;
    };
    const read = function* () {
      yield* under(lock, function* () {
        if (cached !== null) return;
        if (right) fill();
        else yield* under(lock, fill);
      });
    };
    const empty = function* () {
      yield* point();
      yield* under(lock, () => {
        cached = null;
      });
    };
    yield* together(kind, [read, empty]);
  },
);

/** One holds the lock and waits for the channel, the other empties the channel once it has the lock. */
export const lockAndChannel: GoProgram = pair(
  {
    name: "lock_and_channel",
    bug: "a send to a full channel under the lock that the receiver takes first",
    within: 10,
    schedules: 264,
  },
  function* (kind, right) {
    const lock = new Lock({ name: "state" });
    const channel = new Queue<string>({ maxsize: 1, name: "channel" });
    const send = (item: string) =>
      function* () {
        if (right) yield* under(lock, () => {});
        else yield* under(lock, () => wait(channel.put(item)));
        if (right) yield* wait(channel.put(item));
      };
    const receive = function* () {
      for (let i = 0; i < 2; i++) {
        yield* under(lock, () => {});
        yield* wait(channel.get());
      }
    };
    yield* together(kind, [send("a"), receive, send("b")]);
  },
);

/** What is waited for is tested before the lock of the condition is taken. */
export const missedSignal: GoProgram = pair(
  {
    name: "missed_signal",
    bug: "the condition is notified between the test and the wait",
    within: 30,
    schedules: 35,
  },
  function* (kind, right) {
    const condition = new Condition({ name: "filled" });
    let filled = false;
    const consumer = function* () {
      yield* point();
      if (filled && !right) return;
      yield* point();
      yield* wait(condition.acquire());
      try {
        if (right) yield* wait(condition.waitFor(() => filled));
        else yield* wait(condition.wait());
      } finally {
        condition.release();
      }
    };
    const producer = function* () {
      for (let i = 0; i < 3; i++) yield* point();
      yield* wait(condition.acquire());
      filled = true;
      condition.notify();
      condition.release();
    };
    yield* together(kind, [consumer, producer]);
  },
);
