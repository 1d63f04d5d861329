import { createTask, gather, random, sleep, type Task } from "@tickless/core";
import { Event, Lock, Queue } from "@tickless/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generatorBodies, type Kind, kinds, type Script, wait } from "../../core/test/kinds.ts";
import { always, choose, explore, exploreSync, shared } from "../src/index.ts";
import { sctBench } from "./corpus/index.ts";
import { point, together } from "./corpus/program.ts";

const declared = { reduce: "declared", stopAtFirst: false } as const;
const plain = { strategy: "exhaustive", stopAtFirst: false } as const;

describe.each(kinds)("with $kind bodies", (kind) => {
  test("nothing is shared: one schedule is all of them", async () => {
    const steps = (count: number) =>
      function* () {
        for (let i = 1; i < count; i++) yield* point();
      };
    const main = kind.of(() => together(kind, [steps(4), steps(5), steps(3)]));
    const found = await explore(main, declared);
    expect(found).toMatchObject({ schedules: 1, complete: true });
  });

  test("of tasks with objects of their own, too, whatever they do with them", async () => {
    const main = kind.of(function* () {
      const own = (name: string) =>
        function* () {
          const lock = new Lock();
          const cell = shared(name, 0);
          for (let i = 0; i < 3; i++) {
            yield* wait(lock.acquire());
            cell.value += 1;
            yield* point();
            lock.release();
          }
        };
      yield* together(kind, [own("a"), own("b")]);
    });
    expect((await explore(main, declared)).schedules).toBe(1);
  });

  test("two reads commute, a read and a write do not", async () => {
    const main = (write: boolean) =>
      kind.of(function* () {
        const cell = shared("cell", 0);
        const seen: number[] = [];
        const reader = function* () {
          yield* point();
          seen.push(cell.value);
        };
        const writer = function* () {
          yield* point();
          if (write) cell.value = 1;
          else seen.push(cell.value);
        };
        yield* together(kind, [reader, writer]);
        return seen.join("");
      });
    expect((await explore(main(false), declared)).schedules).toBe(1);
    const found = await explore(main(true), declared);
    expect(found.outcomes.map(({ text }) => text).toSorted()).toEqual(['"0"', '"1"']);
    expect(found.schedules).toBe(2);
  });

  test("the deadlock of two locks is found in 6 schedules of 14", async () => {
    const main = sctBench.find(({ name }) => name === "deadlock01")!.main(kind);
    const found = await explore(main, declared);
    expect(found.outcomes.map(({ kind: how }) => how).toSorted()).toEqual(["deadlock", "returned"]);
    expect(found.schedules).toBe(6);
  });
});

/** What a task of a generated program does. */
type Op =
  | {
      readonly op:
        | "pause"
        | "later"
        | "set"
        | "isSet"
        | "await"
        | "done"
        | "put"
        | "get"
        | "size"
        | "choose"
        | "draw"
        | "check";
    }
  | { readonly op: "read" | "write" | "add"; readonly cell: 0 | 1 }
  | { readonly op: "locked"; readonly ops: readonly Op[] };

const cell = fc.constantFrom<0 | 1>(0, 1);
const simple: fc.Arbitrary<Op> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant("pause" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constantFrom("read" as const, "write" as const, "add" as const),
      cell,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom(
        "later" as const,
        "set" as const,
        "isSet" as const,
        "await" as const,
        "done" as const,
        "put" as const,
        "get" as const,
        "size" as const,
        "choose" as const,
        "draw" as const,
        "check" as const,
      ),
    }),
  },
);
const ops: fc.Arbitrary<readonly Op[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: simple },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant("locked" as const),
        ops: fc.array(simple, { maxLength: 2 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 4 },
);
const programs = fc.array(ops, { minLength: 2, maxLength: 3 });

/** The program; its outcome is what each task has seen, and what is left. */
function programOf(kind: Kind, tasks: readonly (readonly Op[])[], waitsForAll: boolean) {
  return kind.of(function* () {
    const cells = [shared("zero", 0), shared("one", 0)] as const;
    const lock = new Lock();
    const event = new Event();
    const queue = new Queue<number>();
    const running: Task<unknown>[] = [];
    const seen = tasks.map((): unknown[] => []);
    function* perform(task: number, list: readonly Op[]): Script<void> {
      for (const one of list) {
        const log = (value: unknown): unknown => seen[task]?.push(value);
        const before = running[task - 1];
        if (one.op === "locked") {
          yield* wait(lock.acquire());
          yield* perform(task, one.ops);
          lock.release();
        } else if (one.op === "pause") yield* point();
        else if (one.op === "later") yield* wait(sleep(1));
        else if (one.op === "read") log(cells[one.cell].value);
        else if (one.op === "write") cells[one.cell].value = 10 * task + (seen[task]?.length ?? 0);
        else if (one.op === "add") cells[one.cell].value += 1;
        else if (one.op === "set") event.set();
        else if (one.op === "isSet") log(event.isSet());
        else if (one.op === "await") yield* wait(before ?? event.wait());
        else if (one.op === "done") log(before?.done() ?? queue.empty());
        else if (one.op === "put") queue.putNowait(task);
        else if (one.op === "get") log(yield* wait(queue.get()));
        else if (one.op === "size") log(queue.qsize());
        else if (one.op === "choose") log(choose(2));
        else if (one.op === "check") always("less than 2", cells[0].value < 2);
        else log(random("one").int(0, 9));
      }
    }
    for (const [task, list] of tasks.entries()) {
      running.push(createTask(kind.of(() => perform(task, list))));
    }
    if (waitsForAll) yield* wait(gather(running));
    else yield* wait(running[0] ?? event.wait());
    // What the tasks have seen stands in plain lists, which main may read when they have ended.
    return [waitsForAll ? seen : [], cells.map(({ value }) => value), queue.qsize()];
  });
}

test("reduction misses no outcome in declared state that plain search finds, over generated programs", () => {
  let saved = 0;
  fc.assert(
    fc.property(programs, fc.boolean(), (tasks, waitsForAll) => {
      const main = programOf(generatorBodies, tasks, waitsForAll);
      const whole = exploreSync(main, { ...plain, schedules: 3000 });
      fc.pre(whole.complete);
      const reduced = exploreSync(main, { ...declared, schedules: 3000 });
      const texts = ({ outcomes }: typeof whole) => outcomes.map(({ text }) => text).toSorted();
      expect(texts(reduced)).toEqual(texts(whole));
      expect(reduced.complete).toBe(true);
      expect(reduced.schedules).toBeLessThanOrEqual(whole.schedules);
      saved += whole.schedules - reduced.schedules;
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(saved).toBeGreaterThan(0);
});
