// The programs of packages/explore/test/corpus/index.ts for fast-check's scheduler: the same steps between
// the same points. It has neither tasks nor locks, so a task is begun by a point, and a lock is a queue of
// resolve functions: what a program has to bring along there.
import fc, { type Scheduler } from "fast-check";

/** A place where fast-check may let another task run. */
type Point = () => Promise<unknown>;

/** Tasks of one schedule; whoever finds the bug, throws. */
type Program = (point: Point) => readonly (() => Promise<void>)[];

const WRONG = new Error("the bug");

function check(right: boolean): void {
  if (!right) throw WRONG;
}

class Lock {
  readonly #point: Point;
  #waiting: (() => void)[] = [];
  #held = false;

  constructor(point: Point) {
    this.#point = point;
  }

  /** As `under` of the corpus: a point, then `body` under the lock. */
  async under<T>(body: () => T | Promise<T>): Promise<T> {
    if (!this.#held) await this.#point();
    while (this.#held) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      await this.#point();
    }
    this.#held = true;
    try {
      return await body();
    } finally {
      this.#held = false;
      this.#waiting.shift()?.();
    }
  }
}

const lostUpdate: Program = (point) => {
  let value = 0;
  let ended = 0;
  const increment = async () => {
    await point();
    const read = value;
    await point();
    value = read + 1;
    ended += 1;
    check(ended < 2 || value === 2);
  };
  return [increment, increment];
};

const account: Program = (point) => {
  const lock = new Lock(point);
  let balance = 1;
  let deposited = false;
  let withdrawn = false;
  return [
    () => lock.under(() => check(!deposited || !withdrawn || balance === 1 - 2 - 4)),
    () =>
      lock.under(() => {
        balance += 2;
        deposited = true;
      }),
    () =>
      lock.under(() => {
        balance -= 4;
        withdrawn = true;
      }),
  ];
};

const lazy: Program = (point) => {
  const lock = new Lock(point);
  let data = 0;
  const add = (amount: number) => () =>
    lock.under(() => {
      data += amount;
    });
  return [add(1), add(2), () => lock.under(() => check(data < 3))];
};

const deadlock: Program = (point) => {
  const a = new Lock(point);
  const b = new Lock(point);
  return [() => a.under(() => b.under(() => {})), () => b.under(() => a.under(() => {}))];
};

const twoStage =
  (writers: number): Program =>
  (point) => {
    const first = new Lock(point);
    const second = new Lock(point);
    let d1 = 0;
    let d2 = 0;
    const writer = async () => {
      await first.under(() => {
        d1 = 1;
      });
      await second.under(() => {
        d2 = d1 + 1;
      });
    };
    const reader = async () => {
      const seen = await first.under(() => d1);
      if (seen !== 0) await second.under(() => check(d2 === seen + 1));
    };
    return [...Array.from({ length: writers }, () => writer), reader];
  };

const bluetooth: Program = (point) => {
  let stopping = false;
  let stopped = false;
  let event = false;
  let pending = 1;
  const release = async () => {
    await point();
    pending -= 1;
    if (pending !== 0) return;
    await point();
    event = true;
  };
  const stopper = async () => {
    await point();
    stopping = true;
    await release();
    await point();
    if (!event) return;
    await point();
    stopped = true;
  };
  const adder = async () => {
    await point();
    if (!stopping) {
      await point();
      pending += 1;
      await point();
      check(!stopped);
    }
    await release();
  };
  return [stopper, adder];
};

const reorder =
  (tasks: number): Program =>
  (point) => {
    let a = 0;
    let b = 0;
    const setter = async () => {
      await point();
      a = 1;
      await point();
      b = -1;
    };
    const checker = async () => {
      await point();
      if (a === 0) {
        await point();
        if (b === 0) return;
      }
      await point();
      if (a === 1) {
        await point();
        if (b === -1) return;
      }
      check(false);
    };
    return [...Array.from({ length: tasks - 1 }, () => setter), checker];
  };

const stack: Program = (point) => {
  const lock = new Lock(point);
  let size = 0;
  let pushed = false;
  const times = Array.from({ length: 10 });
  return [
    async () => {
      for (const _ of times) {
        await lock.under(() => {
          size += 1;
          pushed = true;
        });
      }
    },
    async () => {
      for (const _ of times) {
        await lock.under(() => {
          if (!pushed) return;
          check(size > 0);
          size -= 1;
        });
      }
    },
  ];
};

const programs: Readonly<Record<string, Program>> = {
  lost_update_2: lostUpdate,
  account,
  lazy01: lazy,
  deadlock01: deadlock,
  twostage: twoStage(1),
  bluetooth,
  reorder_3: reorder(3),
  reorder_5: reorder(5),
  reorder_20: reorder(20),
  twostage_50: twoStage(49),
  stack,
};

/** One schedule: false if it shows the bug. A deadlock is what is left undone when nothing is scheduled. */
async function passes(program: Program, scheduler: Scheduler, starts: boolean): Promise<boolean> {
  const point: Point = () => scheduler.schedule(Promise.resolve());
  let failed = false;
  let left = 0;
  for (const task of program(point)) {
    left += 1;
    void (starts ? point().then(task) : task()).then(
      () => (left -= 1),
      (error: unknown) => {
        if (error !== WRONG) throw error;
        failed = true;
      },
    );
  }
  await scheduler.waitIdle();
  return !failed && left === 0;
}

/** Schedules until fast-check has seen the bug of a program; `most` where it has not. */
export async function fastCheckSchedules(
  name: string,
  seed: number,
  most: number,
  starts = true,
): Promise<number> {
  const program = programs[name];
  if (program === undefined) throw new RangeError(`no program ${name}`);
  const property = fc.asyncProperty(fc.scheduler(), (scheduler) =>
    passes(program, scheduler, starts),
  );
  const { failed, numRuns } = await fc.check(property, { seed, numRuns: most, endOnFailure: true });
  return failed ? numRuns : most;
}
