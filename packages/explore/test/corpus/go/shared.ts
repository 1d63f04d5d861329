import { Event, Lock, Queue } from "@tickless/sync";
import { createTask, gather, type Task } from "@tickless/core";
import { type Script, wait } from "../../../../core/test/kinds.ts";
import { fail, point, together, under } from "../program.ts";
import { type GoProgram, pair } from "./pair.ts";

/** Both find the channel open, and both close it (Docker, the paper's figure 10). */
export const doubleClose: GoProgram = pair(
  { name: "double_close", bug: "a channel is closed twice", within: 30, schedules: 15 },
  function* (kind, right) {
    let open = true;
    const close = function* () {
      yield* point();
      if (!open) return;
      if (!right) yield* point();
      if (!open) fail("close of a closed channel");
      open = false;
    };
    const late = function* () {
      yield* point();
      yield* point();
      yield* close();
    };
    yield* together(kind, [close, late]);
  },
);

/** Tasks look at a variable of the loop that makes them (Docker, the paper's figure 8). */
export const capturedVariable: GoProgram = pair(
  {
    name: "captured_variable",
    bug: "the loop goes on before the task looks",
    within: 10,
    schedules: 48,
  },
  function* (kind, right) {
    const seen: number[] = [];
    const tasks: Task<void>[] = [];
    let version = 0;
    for (; version < 3; version++) {
      const own = version;
      // oxlint-disable-next-line require-yield -- a task of one step
      const look = kind.of(function* (): Script<void> {
        seen.push(right ? own : version);
      });
      tasks.push(createTask(look));
      yield* point();
    }
    yield* wait(gather(tasks));
    if (new Set(seen).size !== 3) fail(`the versions ${seen.join()} were seen`);
  },
);

/** Two find that something is missing, and two make it. */
export const checkThenAct: GoProgram = pair(
  { name: "check_then_act", bug: "a connection is opened twice", within: 15, schedules: 34 },
  function* (kind, right) {
    const lock = new Lock({ name: "pool" });
    let opened = 0;
    const open = function* () {
      if (opened > 0) return;
      yield* point();
      opened += 1;
    };
    const use = (pause: number) =>
      function* () {
        for (let i = 0; i < pause; i++) yield* point();
        if (right) yield* under(lock, open);
        else yield* open();
      };
    yield* together(kind, [use(0), use(2)]);
    if (opened !== 1) fail(`${opened} connections were opened`);
  },
);

/** A wait group that members enter themselves: it is waited for before they do (etcd, figure 9). */
export const waitGroupAdd: GoProgram = pair(
  {
    name: "wait_group_add",
    bug: "the wait ends before a member has entered",
    within: 10,
    schedules: 30,
  },
  function* (kind, right) {
    const group = new Queue<number>({ name: "group" });
    let done = 0;
    const tasks: Task<void>[] = [];
    for (let i = 0; i < 2; i++) {
      if (right) group.putNowait(i);
      const member = kind.of(function* (): Script<void> {
        if (!right) group.putNowait(i);
        yield* point();
        done += 1;
        group.taskDone();
      });
      tasks.push(createTask(member));
    }
    yield* point();
    yield* wait(group.join());
    if (done !== 2) fail(`${done} of 2 were done when the wait ended`);
    yield* wait(gather(tasks));
  },
);

/** A tick and the stop are there at once, and the tick is taken (the paper's figure 11). */
export const workAfterStop: GoProgram = pair(
  {
    name: "work_after_stop",
    bug: "a tick is worked on after the stop",
    within: 15,
    schedules: 1044,
  },
  function* (kind, right) {
    const ticks = new Queue<number>({ name: "ticks" });
    const stop = new Event({ name: "stop" });
    const worker = function* () {
      for (let i = 0; i < 2; i++) {
        yield* wait(ticks.get());
        if (right && stop.isSet()) return;
        if (stop.isSet()) fail("worked after the stop");
      }
    };
    const ticker = function* () {
      for (let i = 0; i < 2; i++) {
        ticks.putNowait(i);
        yield* point();
      }
    };
    const stopper = function* () {
      for (let i = 0; i < 3; i++) yield* point();
      stop.set();
    };
    yield* together(kind, [worker, ticker, stopper]);
  },
);

/** Two share the variable for their error: who succeeds last hides the failure of the other. */
export const lostError: GoProgram = pair(
  { name: "lost_error", bug: "a success overwrites an error", within: 5, schedules: 20 },
  function* (kind, right) {
    let error: string | null = null;
    const work = (outcome: string | null) =>
      function* () {
        yield* point();
        const own = outcome;
        yield* point();
        error = right ? (error ?? own) : own;
      };
    yield* together(kind, [work(null), work("no such file")]);
    if (error === null) fail("the error was lost");
  },
);
