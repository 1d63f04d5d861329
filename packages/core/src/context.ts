import type { Alarm } from "./alarm.ts";
import type { Awaits } from "./awaits.ts";
import type { Contexts } from "./context-var.ts";
import { UsageError } from "./errors.ts";
import type { DebugMode } from "./debug.ts";
import { currentFrame, type Frame, frameServesMany, newStorage, type Storage } from "./host.ts";
import type { Loop } from "./loop.ts";
import type { Task } from "./task.ts";

/**
 * Whose code is running: a task, or a block of it that can be cancelled by itself (a timeout).
 * A task is its own outermost scope.
 *
 * @category For extenders
 */
export interface Scope {
  /** The task that it belongs to. */
  readonly task: Task<unknown>;
  /** The scope around this one; null for a task. */
  readonly outer: Scope | null;
  /** true: any one of the waits begun in it ends it (`race`). */
  readonly alternatives?: boolean;
}

/** A generator that is being driven: the body of a task, or one that an async function awaits. */
export interface Flow {
  /** Innermost scope that the generator is in. */
  scope: Scope;
  /** Goes on after a wait of this flow was woken. */
  resume(): void;
}

interface ImportMetaUrl {
  readonly url: string;
}

const VERSION = "0.1.0";

/**
 * The one thing in a process that all loops share (rule S12): which loop's step is going on, and
 * whose. It hangs on globalThis so that two copies of this module cannot each believe to be alone.
 */
class Driver {
  readonly version: string = VERSION;
  readonly url: string = (import.meta as unknown as ImportMetaUrl).url;
  /** The loop whose step is going on; null between steps of different loops and outside. */
  loop: Loop | null = null;
  /** The generator whose code is on the stack; null while none is. It wins over the storage. */
  flow: Flow | null = null;
  /** Whose step is going on: identity for code that neither flow nor storage can tell. */
  step: Scope | null = null;
  /** The alarm that rang last, and in which step of its loop: nobody else knows that it was one. */
  rung: Alarm | null = null;
  rungAt = 0;
  /** Who scheduled the callback that is running: the parent of what it names. */
  origin: Scope | null = null;
  /** Loops with work to do, each to get a slice of a macrotask. */
  readonly runnable: Loop[] = [];
  /** Promises that outside code sees, to be settled when the slice has ended. */
  readonly afterSlice: (() => void)[] = [];
  /** True from the posting of the next macrotask until it has run. */
  posted = false;
  /** Whether the accelerated drain works here; undefined until somebody has looked. */
  accelerates: boolean | undefined = undefined;
  defaultLoop: Loop | null = null;
  /** Debug mode of the loop whose step is going on; null while that is off. */
  debugged: DebugMode | null = null;
  /** Context variables outside of tasks; null until the first is set, so that their absence costs one comparison. */
  contexts: Contexts | null = null;
  /** Follows awaits of callbacks of loops with surroundings; null until the first of these. */
  callbacks: Storage<Loop> | null = null;
  /** Whether a probe or a policy is being asked: it is no code of a run, whosever step goes on. */
  aside = false;
  /** What code calls whose awaits were rewritten; such code finds it here (rule S10.10). */
  awaits: Awaits | null = null;
  /** Follows awaits, so that a task goes on as itself whoever resolved what it awaited (rule S4). */
  readonly storage: Storage<Scope> | null = newStorage<Scope>();
}

const key: unique symbol = Symbol.for("tickless.driver") as never;

function theDriver(): Driver {
  const home = globalThis as { [key]?: Driver };
  const present = home[key];
  if (present === undefined) return (home[key] = new Driver());
  const url = (import.meta as unknown as ImportMetaUrl).url;
  if (present.url !== url || present.version !== VERSION) {
    throw new UsageError(
      "ERR_SECOND_COPY",
      "Two copies of @tickless/core are loaded in this process; tasks of one would be strangers to " +
        `the other.\n  first:  ${present.version} ${present.url}\n  second: ${VERSION} ${url}\n` +
        "Make all packages depend on one version (`npm ls @tickless/core` shows who brings which).",
    );
  }
  return present;
}

export const driver: Driver = theDriver();

/** Runs `body` so that it, and what it goes on to after awaits, belongs to `scope`. */
export function enter<R>(scope: Scope, body: () => R): R {
  return driver.storage === null ? body() : driver.storage.run(scope, body);
}

/** As `enter`, where a task begins: with what was entered around its run, and nothing else (rule S4.14). */
export function enterStep<R>(task: Task<unknown>, body: () => R): R {
  const { storage } = driver;
  const around = task.loop.between.frame;
  if (storage === null || around === null) return enter(task, body);
  const frame = frameServesMany() ? around : around.runInAsyncScope(currentFrame);
  return (frame as Frame).runInAsyncScope(() => {
    storage.enterWith(task);
    return body();
  });
}

/** Runs `body` as code that belongs to no task. */
export function leave<R>(body: () => R): R {
  return driver.storage === null ? body() : driver.storage.run(undefined, body);
}

/** Runs `body`, which must end at once, as code that is not part of the run though it runs in a step. */
export function aside<R>(body: () => R): R {
  const before = driver.aside;
  driver.aside = true;
  try {
    return body();
  } finally {
    driver.aside = before;
  }
}

/** Marks the code of a function given to `external`, which belongs to no task and no step. */
const OUTSIDE: Scope = Object.freeze({ task: null as never, outer: null });

/** Runs `body`, and what it goes on to after awaits, as code that is not part of the run. */
export function outside<R>(body: () => R): R {
  const { flow, step, loop } = driver;
  driver.flow = null;
  driver.step = null;
  driver.loop = null;
  try {
    return enter(OUTSIDE, body);
  } finally {
    driver.flow = flow;
    driver.step = step;
    driver.loop = loop;
  }
}

/**
 * Whose step is going on. Where no storage follows awaits (browsers), that is all there is to go by:
 * what the task waits for counts to the innermost timeout that it has open.
 */
function ownerOfStep(): Scope | null {
  const { step, storage } = driver;
  return step === null || storage !== null ? step : step.task.scope;
}

/** Whether the code that is running has nothing to do with any run. */
export function isOutside(): boolean {
  return driver.loop === null && driver.storage?.getStore() === undefined;
}

/** Whether the code that is running is that of a function given to `external`. */
export function inExternal(): boolean {
  return driver.flow === null && driver.storage?.getStore() === OUTSIDE;
}

/** The scope whose code is running; null in a callback and outside a run. */
export function currentScope(): Scope | null {
  if (driver.flow !== null) return driver.flow.scope;
  const scope = driver.storage?.getStore() ?? ownerOfStep();
  return scope === OUTSIDE ? null : scope;
}

/**
 * The loop whose code is running; null for code that is no part of a run, also where it runs in a step:
 * outside code that awaited a promise which the step has resolved, functions given to `external`, and,
 * in loops with surroundings, probes and policies.
 * Callbacks are known for loops with surroundings alone.
 *
 * @param what what is being called, for messages; null: nothing that could not be repeated, so it is never refused
 * @throws UsageError if it is called by code of a running loop outside of its steps (`ERR_OUTSIDE_STEP`)
 * @category For extenders
 */
export function loopOfCode(what: string | null): Loop | null {
  const { loop, flow, storage } = driver;
  if (driver.aside) return null;

  if (flow !== null) return flow.scope.task.loop;
  // In a browser the code of a step and what it goes on to cannot be told from outside code.
  if (storage === null || loop?.sync === true) return loop;
  const scope = storage.getStore();
  if (scope === OUTSIDE) return null;
  const its = scope === undefined ? driver.callbacks?.getStore() : scope.task.loop;
  if (its === undefined) return null;
  if (what !== null) its.checkInside(what);
  // Code that a run has left behind, and that goes on in another's step, is outside of both.
  return its === loop ? its : null;
}

function outsideStep(task: Task<unknown>, what: string): UsageError {
  return new UsageError(
    "ERR_OUTSIDE_STEP",
    `Task \`${task.path}\` ${what} outside any step of its loop. Something real (I/O, a timer, a ` +
      "dynamic import) resolved a promise that the task was awaiting, so the run could not be " +
      "repeated. Wrap the real call: `await external(() => fetch(url))`.",
    { time: task.loop.now, task: task.path },
  );
}

/** Fails the run of `task` if no step of its loop is going on. Answers whether one is. */
export function checkInStep(task: Task<unknown>, what: string): boolean {
  if (driver.loop === task.loop) return true;
  if (!task.loop.isRunning()) return false;
  task.loop.fail(outsideStep(task, what));
  return false;
}

/** The loop whose step is going on; throws where there is none. */
export function runningLoop(what: string): Loop {
  const { loop } = driver;
  const store = driver.flow === null ? driver.storage?.getStore() : undefined;
  if (loop === null || (store !== undefined && store.task?.loop !== loop)) refuse(what, store);
  return loop;
}

/** Apart, so that `runningLoop` is small enough to be compiled into what calls it. */
function refuse(what: string, store: Scope | undefined): never {
  if (store === OUTSIDE) {
    throw new UsageError(
      "ERR_IN_EXTERNAL",
      `${what} was called by a function given to \`external\`. That function is not part of the run, ` +
        "and a replay does not call it: let it return a value, and go on with that.",
    );
  }
  if (store !== undefined && store.task.loop !== driver.loop) {
    const error = outsideStep(store.task, `called ${what}`);
    if (store.task.loop.isRunning()) store.task.loop.fail(error);
    throw error;
  }
  throw new UsageError(
    "ERR_NO_RUNNING_LOOP",
    `${what} needs a running loop, and none is running here. Call it inside main: ` +
      "`run(async () => { … })`.",
  );
}

/**
 * The scope that a wait beginning now belongs to; throws where there is no task. It takes what waits
 * and not its label, because putting a label together costs more than all the rest.
 */
export function waitingScope(waiter: { readonly label: string }): Scope {
  if (driver.flow !== null) return driver.flow.scope;
  const scope = driver.storage?.getStore() ?? ownerOfStep();
  if (scope !== null && scope !== OUTSIDE && scope.task.loop === driver.loop) return scope;
  throw noTask(waiter.label);
}

function noTask(label: string): UsageError {
  const loop = runningLoop(label);
  return new UsageError(
    "ERR_NO_TASK",
    `${label} waits, and a callback cannot wait. Start a task in it: ` +
      "`createTask(async () => { … })`.",
    { time: loop.now },
  );
}

/** Whether `inner` is `outer` or lies in it. */
export function isInside(inner: Scope | null, outer: Scope): boolean {
  for (let scope = inner; scope !== null; scope = scope.outer) {
    if (scope === outer) return true;
  }
  return false;
}
