import { createTask, getRunningLoop, sleep, type Task } from "@tickless/core";
import fc from "fast-check";
import { type Kind, type Script, wait } from "../../core/test/kinds.ts";
import { permitForms, WiderWorld } from "./wider-world.ts";

type Block = readonly Op[];

/** One thing that a generated task does. Numbers are indices into the world's objects. */
type Op =
  | { readonly do: "sleep"; readonly delay: number }
  | { readonly do: "put" | "get" | "putNowait" | "getNowait"; readonly queue: number }
  | { readonly do: "set" | "clear" | "until"; readonly event: number }
  | { readonly do: "acquiring" | "holding" | "within"; readonly lock: number; readonly body: Block }
  | {
      readonly do: (typeof permitForms)[number];
      readonly semaphore: number;
      readonly body: Block;
    }
  | { readonly do: "give" | "awaitSignal" | "meet" | "resetBarrier" | "abortBarrier" }
  | { readonly do: "consume"; readonly condition: number }
  | { readonly do: "produce"; readonly condition: number; readonly all: boolean }
  | { readonly do: "offer" | "take" }
  | { readonly do: "shutdown"; readonly immediate: boolean }
  | { readonly do: "limited"; readonly delay: number; readonly body: Block }
  | { readonly do: "swallow"; readonly body: Block }
  | { readonly do: "both"; readonly one: Block; readonly other: Block }
  | {
      readonly do: "race" | "first";
      readonly queues: readonly number[];
      readonly lock: number;
      readonly semaphore: number;
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
const semaphore = fc.constantFrom(0, 0, 1);
const condition = fc.constantFrom(0, 0, 0, 1);
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
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("race", "first"),
      queues: fc.array(queue, { minLength: 1, maxLength: 2 }),
      lock,
      semaphore,
      delay,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("give", "awaitSignal", "meet", "meet", "meet", "offer", "take", "take"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("consume" as const), condition }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("produce" as const), condition, all: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("resetBarrier", "abortBarrier") }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("shutdown" as const), immediate: fc.boolean() }),
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
      arbitrary: fc.record({ do: fc.constantFrom(...permitForms), semaphore, body: inner }),
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

/** What is raced for: all but the fastest go on by themselves, as long as their task lives. */
function leftBehind(
  world: WiderWorld,
  { queues, lock: which, semaphore: permit }: Extract<Op, { do: "race" | "first" }>,
): (() => Script<unknown>)[] {
  return [
    ...queues.map((each) => () => world.get(world.queue(each))),
    () => world.acquiring(world.lock(which), nothing),
    () => world.withPermit("permit", world.semaphore(permit), nothing),
    () => world.meet(),
    () => world.consume(world.condition(permit)),
  ];
}

function perform(world: WiderWorld, op: Op, tasks: readonly Task<unknown>[]): Script<unknown> {
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
    case "permit":
    case "permitHeld":
    case "withPermit":
      return world.withPermit(op.do, world.semaphore(op.semaphore), bodyOf(op.body));
    case "consume":
      return world.consume(world.condition(op.condition));
    case "produce":
      return world.produce(world.condition(op.condition), op.all);
    case "awaitSignal":
    case "meet":
    case "resetBarrier":
    case "abortBarrier":
    case "offer":
    case "take":
      return world[op.do]();
    case "first":
      return world.first(op.queues, op.lock, op.semaphore, op.delay);
    case "race":
      return world.race(leftBehind(world, op), op.delay);
    case "putNowait":
    case "getNowait":
      world[op.do](world.queue(op.queue));
      break;
    case "set":
    case "clear":
      world.event(op.event)[op.do]();
      break;
    case "give":
      world.give();
      break;
    case "shutdown":
      world.shutdown(world.queue(3), op.immediate);
      break;
    case "cancel":
      tasks[op.task]?.cancel();
  }
  return nothing();
}

function* performAll(
  world: WiderWorld,
  block: Block,
  tasks: readonly Task<unknown>[],
): Script<void> {
  for (const op of block) yield* perform(world, op, tasks);
}

/** Later than any generated program can still be busy. */
const HORIZON = 1_000;

/** A generated program with a world of its own, to be run as main. */
export class Run {
  readonly world: WiderWorld;
  readonly #program: Generated;
  readonly #tasks: Task<unknown>[] = [];

  constructor(kind: Kind, program: Generated) {
    this.#program = program;
    this.world = new WiderWorld(kind);
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
