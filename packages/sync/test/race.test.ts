// S6 and S13 for `race`: whatever is cancelled, and wherever, what a loser waited for stays where it is.
import {
  gather,
  Loop,
  now,
  race,
  run,
  sleep,
  type Task,
  timeout,
  TimeoutError,
} from "@tickless/core";
import type { Policy } from "@tickless/core/kit";
import { Lock, PriorityQueue, Queue } from "@tickless/sync";
import { describe, expect, test } from "vitest";
import { type Kind, kinds, type Script, wait } from "../../core/test/kinds.ts";
import { everySchedule, lastInFirstOut, randomPolicy } from "../../core/test/policies.ts";

const policies: Record<string, () => Policy | undefined> = {
  "first in, first out": () => undefined,
  "last in, first out": lastInFirstOut,
  "random order": () => randomPolicy(1),
  "another random order": () => randomPolicy(5),
};

const LATE = "late";

/** Two queues, a lock, and books about who has what. */
class World {
  readonly a = new Queue<number>({ name: "a", maxsize: 2 });
  readonly b = new PriorityQueue<number>({ name: "b" });
  readonly lock = new Lock({ name: "lock" });
  readonly faults: string[] = [];
  readonly put: number[] = [];
  readonly got: number[] = [];
  resumes = 0;
  interfere: (resume: number) => void = () => undefined;
  readonly #kind: Kind;
  #items = 0;
  /** How many tasks race for the queues alone. */
  #hungry = 0;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  body<T>(script: () => Script<T>) {
    return this.#kind.of(script, () => this.interfere(this.resumes++));
  }

  /** Puts one item into each queue, in one step. */
  putBoth(): void {
    for (const queue of [this.a, this.b]) if (!queue.full()) this.#put(queue);
  }

  #put(queue: Queue<number>): void {
    queue.putNowait(++this.#items);
    this.put.push(this.#items);
  }

  /** Notes what a race has brought. */
  *take(script: Script<unknown>, hungry = true): Script<void> {
    if (hungry) this.#hungry++;
    try {
      const value = yield* script;
      if (typeof value === "number") this.got.push(value);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    } finally {
      if (hungry) this.#hungry--;
    }
  }

  /** Puts an item, if that is possible in time. */
  *offer(): Script<void> {
    const item = ++this.#items;
    if ((yield* wait(race([this.a.put(item), sleep(1, LATE)]))) !== LATE) this.put.push(item);
  }

  *locked(): Script<void> {
    if ((yield* wait(race([this.lock.acquire(), sleep(1, LATE)]))) === LATE) return;
    try {
      yield* wait(sleep(2));
    } finally {
      this.lock.release();
    }
  }

  /** A function for a race: it gets nothing, and takes its time to clean up. */
  readonly cleansUp = (): unknown =>
    this.#kind.of(function* (): Script<void> {
      try {
        yield* wait(sleep(100));
      } finally {
        yield* wait(sleep(1));
      }
    })();

  checkAtRest(): void {
    const items = this.a.qsize() + this.b.qsize();
    if (this.#hungry > 0 && items > 0) this.faults.push(`${items} items, and somebody waits`);
  }

  checkAtEnd(tasks: readonly Task<unknown>[]): void {
    for (const task of tasks) if (!task.done()) this.faults.push(`${task.path} has not ended`);
    const left: number[] = [];
    for (const queue of [this.a, this.b]) while (!queue.empty()) left.push(queue.getNowait());
    const sorted = (items: readonly number[]) => items.toSorted((one, other) => one - other).join();
    const [put, kept] = [sorted(this.put), sorted([...this.got, ...left])];
    if (put !== kept) this.faults.push(`put ${put}, got and left ${kept}`);
    if (this.lock.locked()) this.faults.push("the lock is held");
  }
}

type Program = (world: World) => Record<string, () => Script<void>>;

function* times(count: number, script: () => Script<void>): Script<void> {
  for (let i = 0; i < count; i++) yield* script();
}

const producing = (world: World, gap: number) => () =>
  times(3, function* () {
    world.putBoth();
    yield* wait(sleep(gap));
  });

const programs: Record<string, Program> = {
  "two queues that are filled at once": (world) => {
    const both = () => world.take(wait(race([world.a.get(), world.b.get()])));
    return { one: () => times(3, both), two: () => times(3, both), put: producing(world, 0) };
  },
  "two queues and a limit": (world) => {
    const both = () => world.take(wait(race([world.b.get(), sleep(1), world.a.get()])));
    return { one: () => times(3, both), two: () => times(3, both), put: producing(world, 1) };
  },
  "a race in a timeout, and a race in a race": (world) => {
    const { a, b } = world;
    return {
      timed: () => times(3, () => world.take(wait(timeout(1, race([a.get(), b.get()]))))),
      nested: () => times(3, () => world.take(wait(race([race([a.get(), sleep(2)]), b.get()])))),
      put: producing(world, 1),
    };
  },
  "a function that has to clean up": (world) => {
    const { a, b, cleansUp } = world;
    return {
      one: () => times(2, () => world.take(wait(race([a.get(), cleansUp, b.get()])), false)),
      two: () => times(2, () => world.take(wait(race([cleansUp, sleep(1), a.get()])), false)),
      put: producing(world, 1),
    };
  },
  "places in a full queue": (world) => ({
    one: () => times(3, () => world.offer()),
    two: () => times(3, () => world.offer()),
    *get() {
      yield* wait(sleep(1));
      yield* times(3, () => world.take(wait(race([world.a.get(), sleep(3)]))));
    },
  }),
  "a lock": (world) => ({
    one: () => times(2, () => world.locked()),
    two: () => times(2, () => world.locked()),
    three: () => times(2, () => world.locked()),
  }),
};

interface Disturbance {
  readonly place: "between steps" | "inside a step";
  readonly at: number;
  readonly task: number;
}

async function disturbed(
  program: Program,
  kind: Kind,
  policy: string,
  disturbance: Disturbance | null,
): Promise<{ faults: readonly string[]; steps: number; resumes: number; tasks: number }> {
  const world = new World(kind);
  const exceptionHandler = (_: Loop, { message }: { message: string }): void =>
    void world.faults.push(message);
  const loop = new Loop({ policy: policies[policy]?.(), exceptionHandler });
  const tasks = Object.entries(program(world)).map(([name, script]): Task<void> =>
    loop.createTask(world.body(script), { name }),
  );
  const disturb = (place: Disturbance["place"], at: number): void => {
    if (disturbance?.place !== place || disturbance.at !== at) return;
    tasks[disturbance.task]?.cancel();
  };
  world.interfere = (resume) => disturb("inside a step", resume);
  let steps = 0;
  do {
    if (loop.peek() > loop.time()) world.checkAtRest();
    disturb("between steps", steps++);
  } while (await loop.step());
  world.checkAtRest();
  for (const task of tasks) task.cancel();
  await loop.run();
  world.checkAtEnd(tasks);
  loop.close();
  return { faults: world.faults, steps, resumes: world.resumes, tasks: tasks.length };
}

describe.each(Object.entries(programs))("S6: race, %s", (_, program) => {
  const cases = kinds.flatMap((kind) =>
    Object.keys(policies).map((policy) => ({ kind, policy, bodies: kind.kind })),
  );
  test.each(cases)("$bodies bodies, $policy: any cancellation at any step", async (its) => {
    const whole = await disturbed(program, its.kind, its.policy, null);
    expect(whole.faults).toEqual([]);
    expect(Math.min(whole.steps, whole.resumes)).toBeGreaterThan(5);
    const found: unknown[] = [];
    for (const place of ["between steps", "inside a step"] as const) {
      const count = place === "between steps" ? whole.steps : whole.resumes;
      for (let at = 0; at < count; at++) {
        for (let task = 0; task < whole.tasks; task++) {
          const disturbance = { place, at, task };
          const { faults } = await disturbed(program, its.kind, its.policy, disturbance);
          if (faults.length > 0) found.push({ ...disturbance, faults });
        }
      }
    }
    expect(found).toEqual([]);
  });
});

describe.each(kinds)("race over queues and locks, with $kind bodies", ({ of }) => {
  const runScript = <T>(script: () => Script<T>): Promise<T> => run(of(script));

  test("S13: the getter of a race that is over takes nothing, while its task lives", () =>
    runScript(function* () {
      const queue = new Queue<string>();
      expect(yield* wait(race([queue.get(), sleep(5, LATE)]))).toBe(LATE);
      queue.putNowait("item");
      yield* wait(sleep(1));
      expect(queue.qsize()).toBe(1);
      expect(yield* wait(race([queue.get(), sleep(5, LATE)]))).toBe("item");
      expect([queue.qsize(), now()]).toEqual([0, 6]);
    }));

  test("S13: what is ready at once wins, and what comes after it in the list never begins", () =>
    runScript(function* () {
      const [first, second] = [new Queue<string>(), new Queue<string>()];
      first.putNowait("first");
      second.putNowait("second");
      expect(yield* wait(race([sleep(5), first.get(), second.get()]))).toBe("first");
      expect([first.qsize(), second.qsize(), now()]).toEqual([0, 1, 0]);
    }));

  test("S6: both ready in one step: one is taken, and the other goes to the next who waits", () =>
    runScript(function* () {
      const [a, b] = [new Queue<string>(), new Queue<string>()];
      const racing = of(() => wait(race([a.get(), b.get()])));
      const waiting = of(() => wait(b.get()));
      const putting = of(function* (): Script<void> {
        a.putNowait("from a");
        b.putNowait("from b");
        yield* [];
      });
      const [first, second] = yield* wait(gather([racing, waiting, putting]));
      expect([first, second]).toEqual(["from a", "from b"]);
    }));

  test("S6: in every order that there is, two races over two queues take each item once", async () => {
    const ends = await everySchedule((policy) =>
      run(
        of(function* () {
          const [a, b] = [new Queue<string>(), new Queue<string>()];
          const racing = () => of(() => wait(race([a.get(), b.get(), sleep(1, LATE)])));
          const putting = of(function* (): Script<void> {
            a.putNowait("a");
            b.putNowait("b");
            yield* [];
          });
          const [one, two] = yield* wait(gather([racing(), racing(), putting]));
          return [one, two, a.qsize(), b.qsize()].join();
        }),
        { policy },
      ),
    );
    expect(ends.length).toBeGreaterThan(10);
    expect([...new Set(ends)].toSorted()).toEqual(["a,b,0,0", "b,a,0,0"]);
  });

  test("S6: a lock that a loser was woken for goes to the next", () =>
    runScript(function* () {
      const lock = new Lock();
      const log: unknown[] = [];
      yield* wait(lock.acquire());
      const releasing = of(function* () {
        yield* wait(sleep(3));
        lock.release();
      });
      const racing = of(function* () {
        log.push(yield* wait(race([sleep(3, LATE), lock.acquire()])));
      });
      const waiting = of(function* () {
        yield* wait(lock.acquire());
        log.push(now());
      });
      yield* wait(gather([releasing, racing, waiting]));
      expect(log).toEqual([LATE, 3]);
      expect(lock.locked()).toBe(true);
    }));
});
