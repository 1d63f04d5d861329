import { createTask, getRunningLoop, sleep, type Task } from "@tickless/core";
import fc from "fast-check";
import { type Kind, type Script, wait } from "../../core/test/kinds.ts";
import { World } from "./world.ts";

type Block = readonly Op[];

/** One thing that a generated task does. Numbers are indices into the world's objects. */
type Op =
  | { readonly do: "sleep"; readonly delay: number }
  | { readonly do: "put" | "get" | "putNowait" | "getNowait"; readonly queue: number }
  | { readonly do: "set" | "clear" | "until"; readonly event: number }
  | { readonly do: "acquiring" | "holding" | "within"; readonly lock: number; readonly body: Block }
  | { readonly do: "limited"; readonly delay: number; readonly body: Block }
  | { readonly do: "swallow"; readonly body: Block }
  | { readonly do: "both"; readonly one: Block; readonly other: Block }
  | {
      readonly do: "race";
      readonly queues: readonly number[];
      readonly lock: number;
      readonly delay: number;
    }
  | { readonly do: "cancel"; readonly task: number };

/** A program that was generated, with everything that disturbs it. */
export interface Generated {
  readonly tasks: readonly Block[];
  /** Cancellations before the so-manieth time that a script goes on. */
  readonly cancels: readonly { readonly resume: number; readonly task: number }[];
  /** Cancellations by timers. */
  readonly timers: readonly { readonly delay: number; readonly task: number }[];
}

const index = (count: number): fc.Arbitrary<number> => fc.nat({ max: count - 1 });
const delay = index(3);
// Most meet at the same object: losses show where several wait for one thing.
const queue = fc.constantFrom(0, 0, 1, 1, 1, 2);
const lock = fc.constantFrom(0, 0, 0, 1);
const event = fc.constantFrom(0, 0, 1);
const MOST_TASKS = 5;

const simple: fc.Arbitrary<Op> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sleep" as const), delay }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("put", "get", "get", "get", "putNowait", "getNowait"),
      queue,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("set", "clear", "until"), event }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("cancel" as const), task: index(MOST_TASKS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("race" as const),
      queues: fc.array(queue, { minLength: 1, maxLength: 2 }),
      lock,
      delay,
    }),
  },
);

function blockOf(op: fc.Arbitrary<Op>, maxLength: number): fc.Arbitrary<Block> {
  return fc.array(op, { maxLength });
}

function nest(inner: fc.Arbitrary<Block>): fc.Arbitrary<Op> {
  return fc.oneof(
    { weight: 6, arbitrary: simple },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom("acquiring", "holding", "within"),
        lock,
        body: inner,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("limited" as const), delay, body: inner }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("swallow" as const), body: inner }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant("both" as const), one: inner, other: inner }),
    },
  );
}

const taskBody = blockOf(nest(blockOf(nest(blockOf(simple, 2)), 3)), 5);

export const generated: fc.Arbitrary<Generated> = fc.record({
  tasks: fc.array(taskBody, { minLength: 3, maxLength: MOST_TASKS }),
  cancels: fc.array(fc.record({ resume: fc.nat({ max: 30 }), task: index(MOST_TASKS) }), {
    maxLength: 4,
  }),
  timers: fc.array(fc.record({ delay: index(6), task: index(MOST_TASKS) }), { maxLength: 2 }),
});

/** A lock that a race leaves behind must not be held over a wait: nobody would release it. */
function* nothing(): Script<void> {}

function* swallowing(script: () => Script<void>): Script<void> {
  try {
    yield* script();
  } catch {
    // Whatever it was, a cancellation too.
  }
}

function perform(world: World, op: Op, tasks: readonly Task<unknown>[]): Script<unknown> {
  const bodyOf = (block: Block) => () => performAll(world, block, tasks);
  switch (op.do) {
    case "sleep":
      return wait(sleep(op.delay));
    case "put":
    case "get":
      return world[op.do](world.queue(op.queue));
    case "until":
      return world.until(world.event(op.event));
    case "acquiring":
    case "holding":
    case "within":
      return world[op.do](world.lock(op.lock), bodyOf(op.body));
    case "limited":
      return world.limited(op.delay, bodyOf(op.body));
    case "swallow":
      return swallowing(bodyOf(op.body));
    case "both":
      return world.both([bodyOf(op.one), bodyOf(op.other)]);
    case "race": {
      const gets = op.queues.map((each) => () => world.get(world.queue(each)));
      return world.race([...gets, () => world.acquiring(world.lock(op.lock), nothing)], op.delay);
    }
    case "putNowait":
    case "getNowait":
      world[op.do](world.queue(op.queue));
      break;
    case "set":
    case "clear":
      world.event(op.event)[op.do]();
      break;
    case "cancel":
      tasks[op.task]?.cancel();
  }
  return nothing();
}

function* performAll(world: World, block: Block, tasks: readonly Task<unknown>[]): Script<void> {
  for (const op of block) yield* perform(world, op, tasks);
}

/** Later than any generated program can still be busy. */
const HORIZON = 1_000;

/** A generated program with a world of its own, to be run as main. */
export class Run {
  readonly world: World;
  readonly #program: Generated;
  readonly #tasks: Task<unknown>[] = [];

  constructor(kind: Kind, program: Generated) {
    this.#program = program;
    this.world = new World(kind);
    this.world.interfere = (resume) => {
      for (const cancel of program.cancels) {
        if (cancel.resume === resume) this.#tasks[cancel.task]?.cancel();
      }
    };
  }

  /** Starts the tasks, lets them come to rest, and leaves it to the end of the run to cancel the rest. */
  *main(): Script<void> {
    const loop = getRunningLoop();
    for (const each of this.#program.tasks) {
      const script = (): Script<void> => performAll(this.world, each, this.#tasks);
      this.#tasks.push(createTask(this.world.body(script)));
    }
    for (const { delay: after, task } of this.#program.timers) {
      loop.callLater(after, () => this.#tasks[task]?.cancel());
    }
    yield* wait(sleep(HORIZON));
    this.world.checkAtRest("at rest");
  }

  /** What was found wrong, after the run. */
  check(): readonly string[] {
    const over = this.#tasks.every((task) => task.done());
    const stubborn = JSON.stringify(this.#program).includes('"swallow"');
    if (over || !stubborn) this.world.checkAtEnd(this.#tasks);
    else this.world.checkAtRest("after the end");
    return this.world.faults;
  }
}
