import { allTasks, createTask, getRunningLoop, random, run, sleep, timeout } from "@tickless/core";
import { Condition, Lock, Queue, Semaphore } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import {
  type EventQuery,
  record,
  recorder,
  recordSync,
  type TraceState,
  stateLines,
  type Trace,
  TimeTravel,
} from "../src/index.ts";
import { traceOf } from "../src/event-list.ts";
import { pipeline, relay } from "./programs.ts";

/** The run so far as a trace of its own, which knows nothing of what comes later. */
function upTo(travel: TimeTravel, event: number): TimeTravel {
  const { header } = travel.trace;
  return new TimeTravel(traceOf(header, [...travel.trace.events(1, event)]));
}

/**
 * What of a state is known without what comes later, by the tasks that are not ready in `whole`: that
 * a task is ready is told by the step that follows.
 */
function knownAt({ tasks, objects }: TraceState, whole: TraceState): unknown {
  const ready = whole.tasks.filter(({ status }) => status === "ready");
  const unknown = new Set(ready.map(({ id }) => id));
  return {
    paths: tasks.map(({ path }) => path),
    tasks: tasks.filter(({ id }) => !unknown.has(id)),
    objects: objects
      .filter(({ holds }) => holds !== null)
      .map(({ path, holds, holders }) => ({ path, holds, holders })),
  };
}

/** Number of the first event that a query finds. */
function eventOf(travel: TimeTravel, query: EventQuery): number {
  const [event] = travel.search(query);
  return event?.event ?? 0;
}

function task(state: TraceState, path: string): TraceState["tasks"][number] | undefined {
  return state.tasks.find((one) => one.path === path);
}

function object(state: TraceState, path: string): TraceState["objects"][number] | undefined {
  return state.objects.find((one) => one.path === path);
}

describe("at", () => {
  test("is what the program itself saw at that event", async () => {
    const taken = recorder();
    let event = 0;
    const count = (number: number): void => void (event = number);
    const probe = {
      name: count,
      time: count,
      timer: count,
      step: count,
      wait: count,
      operation: count,
      settle: count,
      cancel: count,
    };
    const seen: { event: number; tasks: string[]; items: number; free: boolean; held: string[] }[] =
      [];
    await run(
      async () => {
        const jobs = new Queue<number>({ maxsize: 2, name: "jobs" });
        const door = new Lock({ name: "door" });
        const slots = new Semaphore(2, { name: "slots" });
        const look = (): void => {
          seen.push({
            event,
            tasks: [...allTasks()].map(({ path }) => path).toSorted(),
            items: jobs.qsize(),
            free: !door.locked(),
            held: slots.held.map((holding) => holding.task.path).toSorted(),
          });
        };
        const work = async (): Promise<void> => {
          for (let turn = 0; turn < 4; turn++) {
            await slots.acquire();
            look();
            await jobs.put(turn);
            look();
            await door.withLock(async () => {
              look();
              await sleep(turn);
              look();
            });
            slots.release();
            await jobs.get();
            look();
          }
        };
        const workers = ["a", "b", "c"].map((name) => createTask(work, { name }));
        for (const worker of workers) await worker;
        look();
      },
      { probes: [taken.probe, probe] },
    );
    const travel = new TimeTravel(taken.trace());
    expect(seen.length).toBeGreaterThan(50);
    for (const look of seen) {
      const state = travel.at(look.event);
      expect({
        event: look.event,
        tasks: state.tasks.map(({ path }) => path).toSorted(),
        items: object(state, "main/jobs")?.holds ?? 0,
        free: (object(state, "main/door")?.holders ?? []).length === 0,
        held: (object(state, "main/slots")?.holders ?? []).map((one) => one.task).toSorted(),
      }).toEqual(look);
    }
  });

  test.each([
    ["pipeline", () => record(pipeline())],
    ["relay", () => recordSync(relay)],
  ])("needs nothing of what comes later, save who is ready: %s", async (_name, recorded) => {
    const { trace } = await recorded();
    const travel = new TimeTravel(trace);
    for (let event = 1; event <= trace.length; event++) {
      const [state, then] = [travel.at(event), upTo(travel, event).at(event)];
      const { running } = state;
      expect({ tasks: state.tasks.map(({ path }) => path), running }).toEqual({
        tasks: then.tasks.map(({ path }) => path),
        running: then.running,
      });
      expect(knownAt(state, state)).toEqual(knownAt(then, state));
    }
  });

  test("says what each task does", async () => {
    const { trace } = await record(async () => {
      const door = new Lock({ name: "door" });
      void createTask(
        async () => {
          await door.acquire();
          await sleep(10);
          door.release();
        },
        { name: "holder" },
      );
      void createTask(() => door.withLock(() => undefined), { name: "other" });
      void createTask(() => new Promise<void>(() => undefined), { name: "lost" });
      await Promise.all([sleep(20), sleep(3)]);
    });
    const travel = new TimeTravel(trace);
    const start = travel.at(eventOf(travel, { kind: "name", object: "main/lost" }));
    expect(start.running).toBe("main");
    expect(start.tasks.map(({ path, status }) => [path, status])).toEqual([
      ["main", "running"],
      ["main/holder", "new"],
      ["main/other", "new"],
      ["main/lost", "new"],
    ]);
    const idle = travel.at(travel.eventAtTime(5));
    expect(idle).toMatchObject({ time: 3, running: null });
    expect(task(idle, "main/holder")).toMatchObject({
      status: "waiting",
      waits: [{ since: 0, on: "sleep", object: null, until: 10 }],
    });
    expect(task(idle, "main/other")).toMatchObject({
      status: "waiting",
      waits: [{ on: "lock", object: "main/door", until: null }],
    });
    expect(task(idle, "main/lost")).toMatchObject({ status: "elsewhere", waits: [] });
    expect(task(idle, "main")).toMatchObject({ status: "waiting", waits: [{ until: 20 }] });
    expect(object(idle, "main/door")).toMatchObject({
      type: "lock",
      holders: [{ task: "main/holder", since: 0, count: 1 }],
      waiting: ["main/other"],
    });
    expect(idle.timers.map(({ when, task: whose }) => [when, whose])).toEqual([
      [10, "main/holder"],
      [20, "main"],
    ]);
    const event = eventOf(travel, { kind: "operation", object: "main/door", from: idle.event + 1 });
    expect(task(travel.at(event), "main/other")).toMatchObject({
      status: "ready",
      wokenBy: event,
      waits: [],
    });
  });

  test("tells timers that fire from those that were taken back", async () => {
    const { trace } = await record(async () => {
      await timeout(50, () => sleep(10));
      const loop = getRunningLoop();
      loop.callLater(5, () => undefined);
      await sleep(100);
    });
    const travel = new TimeTravel(trace);
    const early = travel.at(travel.eventAtTime(0)).timers;
    expect(early.map(({ when, sleep: sleeps, fires }) => [when, sleeps, fires === null])).toEqual([
      [10, true, false],
      [50, false, true],
    ]);
    const late = travel.at(travel.eventAtTime(12)).timers;
    expect(late.map(({ when }) => when)).toEqual([15, 50, 110]);
    expect(travel.event(late[0]?.fires ?? 0)).toMatchObject({ cause: late[0]?.event });
    expect(travel.at(travel.last).timers).toEqual([]);
  });

  test("counts permits of one holder, and gives back those of the longest holder", async () => {
    const { trace } = await record(async () => {
      const slots = new Semaphore(3, { name: "slots" });
      await slots.acquire();
      await slots.acquire();
      await createTask(
        async () => {
          await slots.acquire();
          slots.release();
          slots.release();
        },
        { name: "helper" },
      );
    });
    const travel = new TimeTravel(trace);
    const counts = [...travel.search({ kind: "operation", object: "main/slots" })].map(
      ({ event }) => object(travel.at(event), "main/slots"),
    );
    const held = counts.map((one) => [
      one?.holds,
      ...(one?.holders ?? []).map(({ task: holder, count }) => `${holder} ${count}`),
    ]);
    expect(held).toEqual([
      [2, "main 1"],
      [1, "main 2"],
      [0, "main 2", "main/helper 1"],
      // its own, then that of the longest holder
      [1, "main 2"],
      [2, "main 1"],
    ]);
  });

  test("a queue's length is not what taskDone tells, nor a condition's what notify tells", async () => {
    const { trace } = await record(async () => {
      const jobs = new Queue<number>({ name: "jobs" });
      const changed = new Condition({ name: "changed" });
      await jobs.put(1);
      await jobs.put(2);
      await jobs.get();
      jobs.taskDone();
      await changed.withLock(() => changed.notify());
    });
    const state = new TimeTravel(trace).at(trace.last);
    expect(object(state, "main/jobs")).toMatchObject({ holds: 1, unfinished: 1 });
    expect(object(state, "main/changed")).toBeUndefined();
  });

  test("refuses an event that is not there", async () => {
    const { trace } = await record(() => sleep(1));
    expect(() => new TimeTravel(trace).at(trace.last + 1)).toThrow(RangeError);
    expect(() => new TimeTravel(trace).at(0)).toThrow(RangeError);
  });

  // Whatever comes right behind a snapshot: a few more draws before it move everything along.
  test.each([0, 1, 2, 3, 4, 5, 6])(
    "is the same whether a snapshot stands in between or not: %i",
    async (draws) => {
      const { trace } = await record(async () => {
        for (let i = 0; i < draws; i++) random("shift")();
        const jobs = new Queue<number>({ name: "jobs", maxsize: 3 });
        const take = async (): Promise<void> => {
          for (;;) {
            await jobs.get();
            await sleep(2);
          }
        };
        for (let i = 0; i < 5; i++) void createTask(take);
        for (let i = 0; i < 1400; i++) await jobs.put(i);
      });
      const travel = new TimeTravel(trace);
      expect(trace.length).toBeGreaterThan(8250);
      for (const event of [8192, 8193, 8194, 8195, 8196, 8250]) {
        const [state, then] = [travel.at(event), upTo(travel, event).at(event)];
        expect(knownAt(state, state)).toEqual(knownAt(then, state));
      }
    },
  );
});

describe("a trace that is not whole", () => {
  async function endless(): Promise<void> {
    const jobs = new Queue<number>({ name: "jobs", maxsize: 2 });
    const take = async (): Promise<void> => {
      for (;;) {
        await jobs.get();
        await sleep(2);
      }
    };
    void createTask(take, { name: "taker" });
    for (let i = 0; i < 6000; i++) await jobs.put(i);
  }

  test("a ring: paths and times are known, and the state from its first event on", async () => {
    const taken = recorder({ level: { ring: "64 KB" } });
    await run(endless, { probes: taken.probes });
    const ring = taken.trace();
    expect(ring.first).toBeGreaterThan(8192);
    const travel = new TimeTravel(ring);
    const whole = new TimeTravel((await record(endless)).trace);
    for (const event of [ring.first, ring.first + 1, ring.first + 500, ring.last - 100]) {
      expect(travel.index.timeAt(event)).toBe(whole.index.timeAt(event));
    }
    // From the second turn of both tasks on, nothing is left that had begun before the ring.
    for (const event of [ring.first + 500, ring.last - 100]) {
      const [state, full] = [travel.at(event), whole.at(event)];
      expect(state.tasks).toEqual(full.tasks);
      expect(state.objects).toEqual(full.objects);
    }
    expect(stateLines(travel.at(ring.last - 100), travel)).toContain(
      `what had begun before event ${ring.first} is not known`,
    );
  });

  test("an event that this version cannot read is left out, and nothing else", async () => {
    const { trace } = await record(pipeline());
    const hole = 20;
    const holed: Trace = {
      ...trace,
      event: (n) => {
        if (n === hole) throw new RangeError("unknown");
        return trace.event(n);
      },
      *events(from, to) {
        for (const event of trace.events(from, to)) if (event.event !== hole) yield event;
      },
    };
    const travel = new TimeTravel(holed);
    expect([...travel.search({})].map(({ event }) => event)).toEqual(
      Array.from(trace.events(), ({ event }) => event).filter((event) => event !== hole),
    );
    const cursor = travel.cursor(hole - 1);
    expect([cursor.forward(), cursor.event.event]).toEqual([true, hole + 1]);
    expect([cursor.back(), cursor.event.event]).toEqual([true, hole - 1]);
    expect(travel.at(trace.last).time).toBe(new TimeTravel(trace).at(trace.last).time);
  });
});

describe("a cursor", () => {
  test("goes forward and back by event, task, kind and time, and stays where there is no more", async () => {
    const { trace } = await record(pipeline());
    const travel = new TimeTravel(trace);
    const cursor = travel.cursor();
    expect([cursor.event.event, cursor.back()]).toEqual([1, false]);
    expect([cursor.forward(), cursor.event.event]).toEqual([true, 2]);
    expect(cursor.forward({ task: "main/bob", kind: "step" })).toBe(true);
    const first = cursor.event;
    expect(first).toMatchObject({ kind: "step" });
    expect(travel.index.pathOf(travel.index.taskOf(first))).toBe("main/bob");
    expect(cursor.forward({ task: "main/bob", kind: "step" })).toBe(true);
    expect(cursor.back({ task: "main/bob", kind: "step" })).toBe(true);
    expect(cursor.event).toEqual(first);
    expect(cursor.toCause()).toBe(true);
    expect(cursor.event.event).toBe(first.cause);
    expect(cursor.toTime(7)).toBe(true);
    expect(travel.index.timeAt(cursor.event.event)).toBeLessThanOrEqual(7);
    expect(travel.index.timeAt(cursor.event.event + 1)).toBeGreaterThan(7);
    expect(cursor.to(trace.last)).toBe(true);
    expect([cursor.forward(), cursor.to(trace.last + 1), cursor.event.kind]).toEqual([
      false,
      false,
      "end",
    ]);
    expect(cursor.state.tasks).toEqual([]);
  });
});

describe("search, causes, consequences", () => {
  test("finds by kind, task, object and range", async () => {
    const { trace } = await record(pipeline());
    const travel = new TimeTravel(trace);
    const all = [...trace.events()];
    const index = travel.index;
    expect([...travel.search({})]).toEqual(all);
    expect([...travel.search({ kind: "draw" })]).toEqual(all.filter(({ kind }) => kind === "draw"));
    const puts = [
      ...travel.search({ object: "main/jobs", kind: "operation", task: "main/producer" }),
    ];
    expect(puts.map((event) => event.kind === "operation" && event.name)).toEqual(
      Array.from({ length: 5 }, () => "put"),
    );
    const mine = all.filter(
      (event) =>
        index.pathOf(index.taskOf(event)) === "main/bob" ||
        (event.kind === "name" && event.segment === "bob") ||
        (event.kind === "settle" && index.pathOf(event.object) === "main/bob"),
    );
    expect([...travel.search({ task: "main/bob" })]).toEqual(mine);
    expect([...travel.search({ from: 10, to: 12 })].map(({ event }) => event)).toEqual([
      10, 11, 12,
    ]);
    expect([...travel.search({ task: "main/nobody" })]).toEqual([]);
  });

  test("causes and consequences are each other's reverse", async () => {
    const { trace } = recordSync(relay);
    const travel = new TimeTravel(trace);
    for (const { event, cause } of trace.events()) {
      if (cause === 0) continue;
      expect(travel.causes(event, 2).map((one) => one.event)).toEqual([event, cause]);
      expect(travel.consequences(cause, Infinity).map((one) => one.event)).toContain(event);
    }
  });
});

test("a state in words", async () => {
  const { trace } = await simulateRecorded();
  const travel = new TimeTravel(trace);
  expect(stateLines(travel.at(travel.eventAtTime(4)), travel).join("\n")).toMatchInlineSnapshot(`
    "after event 22, t=0 ms: main/putter waits to put into queue main/jobs

    tasks (5)
      main         sleeps until t=20 ms, since t=0 ms (event 12)
      main/ann     sleeps until t=10 ms, since t=0 ms (event 15)
      main/bob     sleeps until t=10 ms, since t=0 ms (event 18)
      main/cid     waits for semaphore main/slots, since t=0 ms (event 20)
      main/putter  waits to put into queue main/jobs, since t=0 ms (event 22)

    timers (4)
      t=10 ms  sleep of main/ann (event 15), fires in event 24
      t=10 ms  sleep of main/bob (event 18), fires in event 25
      t=20 ms  sleep of main (event 12), fires in event 36
      t=30 ms  timeout or callback of main (event 11), does not fire in this trace

    shared (2)
      queue main/jobs  1 item; waiting: main/putter
      semaphore main/slots  held by main/ann since t=0 ms (event 14), main/bob since t=0 ms (event 17); 0 permits free; waiting: main/cid"
  `);
  expect(
    stateLines(travel.at(travel.eventAtTime(4)), travel, 1).filter((line) => line.includes("more")),
  ).toMatchInlineSnapshot(`
      [
        "  … and 4 more",
        "  … and 3 more",
        "  … and 1 more",
      ]
    `);
});

function simulateRecorded(): ReturnType<typeof record> {
  return record(
    async () => {
      const jobs = new Queue<string>({ name: "jobs", maxsize: 1 });
      const slots = new Semaphore(2, { name: "slots" });
      const work = async (): Promise<void> => {
        await slots.withPermit(() => sleep(10));
      };
      for (const name of ["ann", "bob", "cid"]) void createTask(work, { name });
      void createTask(() => jobs.put("second"), { name: "putter" });
      await jobs.put("first");
      await timeout(30, () => sleep(20));
    },
    { until: 50 },
  );
}
