import { pendingText } from "./names.ts";
import { Bookkeeping } from "./activation.ts";
import { Block, leaveStep } from "./block.ts";
import { driver } from "./context.ts";
import { coroutine, type FlowOf, type NoPlainYield, type Result } from "./coroutine.ts";
import { badType, checkNames, isCancelled, UsageError } from "./errors.ts";
import { checkName } from "./names.ts";
import type { Coroutine } from "./suspension.ts";
import type { Task, TaskOptions } from "./task.ts";
import { Wait } from "./wait.ts";
import { waitSource, type WaitSource, type WaitSubject } from "./wait-source.ts";

/**
 * What the body of a `taskGroup` is given.
 *
 * @category Tasks
 */
export interface TaskGroup {
  /**
   * Makes a task that ends before the group does. Any code may call it, tasks of the group too, as
   * long as the group has not ended. Named and started as by `createTask`.
   *
   * @throws UsageError if the group has ended, or cancels its tasks (`ERR_TASK_GROUP_STATE`)
   */
  createTask<R>(body: (() => R) & NoPlainYield<R>, options?: TaskOptions): Task<Result<R>>;
  /** Of a coroutine or a generator. */
  createTask<T>(body: Coroutine<T> | FlowOf<T>, options?: TaskOptions): Task<T>;
}

/**
 * Options of `taskGroup`.
 *
 * @category Tasks
 */
export interface TaskGroupOptions {
  /** Its segment of the path, by default `group-1` and so on. */
  readonly name?: string | undefined;
}

/** A task of a group has settled. */
class ChildDone extends Bookkeeping {
  readonly #group: GroupBlock<unknown>;
  readonly #child: Task<unknown>;

  constructor(group: GroupBlock<unknown>, child: Task<unknown>) {
    super();
    this.#group = group;
    this.#child = child;
  }

  settle(): void {
    leaveStep();
    const { observer } = this.#child.loop;
    // What the group does now, it does because of the child, not of whatever ran before.
    if (observer !== null) observer.within = this.cause;
    this.#group.childDone(this.#child, this.cause);
  }
}

/** The source of waits at the end of a group; the target of the wait is the group. */
const groupEnd: WaitSource<void> = waitSource({
  label: (wait) => `the end of group \`${groupOf(wait).path}\``,
  attempt: (wait) => groupOf(wait).awaitEnd(wait),
  withdraw: () => undefined,
  subject: (wait) => groupOf(wait).subject,
});

function groupOf(wait: Pick<Wait<void>, "target">): GroupBlock<unknown> {
  return wait.target as GroupBlock<unknown>;
}

/** Tasks that end together (asyncio.TaskGroup of 3.13, Lib/asyncio/taskgroups.py). It is the scope of its body. */
class GroupBlock<T> extends Block<T> {
  readonly #body: (group: TaskGroup) => unknown;
  readonly #name: string | undefined;
  #segment = "";
  #id = -1;
  /** Tasks that have not settled, in the order of creation, in which they are cancelled (TG-10). */
  readonly #children = new Set<Task<unknown>>();
  /** How many tasks it has had. */
  #made = 0;
  /** What its tasks have thrown, in the order in which they settled. */
  readonly #errors: unknown[] = [];
  /** The wait at the end of the group. */
  #end: Wait<void> | null = null;
  #exiting = false;
  /** Its tasks were cancelled; it takes no more. */
  #aborting = false;
  /** A task has failed, and what the block waits for was cancelled. */
  #interrupted = false;

  constructor(body: (group: TaskGroup) => unknown, name: string | undefined) {
    super();
    this.#body = body;
    this.#name = name;
  }

  get label(): string {
    return "taskGroup(…)";
  }

  get path(): string {
    return this.task.node.pathOf(this.#segment);
  }

  get subject(): WaitSubject {
    const left = [...this.#children];
    return {
      kind: "group",
      id: this.#id,
      path: this.path,
      detail: pendingText(left, this.#made),
      blockers: left,
    };
  }

  createTask(
    body: (() => unknown) | Coroutine<unknown> | FlowOf<unknown>,
    options: TaskOptions = {},
  ): Task<never> {
    if (this.#aborting || (this.#exiting && this.#children.size === 0)) {
      // Whoever is refused cannot await it any more, so it is not to be reported as forgotten.
      driver.debugged?.refused(body as Coroutine<unknown> & { readonly label: string });
      throw this.#refused();
    }
    const child = this.task.loop.createTask(body, options);
    this.#children.add(child);
    this.#made++;
    child.addWaiter(new ChildDone(this, child));
    return child as Task<never>;
  }

  /** What the wait at the end does. */
  awaitEnd(wait: Wait<void>): boolean {
    this.#end = wait;
    return this.#children.size === 0;
  }

  /** `cause`: number of the event by which `child` has settled. */
  childDone(child: Task<unknown>, cause: number): void {
    this.#children.delete(child);
    if (this.#children.size === 0 && this.#end?.wake() === true) this.#end.cause = cause;
    if (!child.raised) return;
    child.retrieve();
    this.#errors.push(child.error);
    if (this.task.done()) {
      this.#reportOrphan(child);
    } else if (!this.#aborting) {
      this.#abort();
      this.task.loop.observer?.cancel(-1, this.task.id);
      this.#interrupted = true;
      this.interrupt();
    }
  }

  protected entered(): void {
    const { node, loop } = this.task;
    this.#segment = String(node.claim("group", this.#name));
    this.#id = loop.introduce("group", this.#segment);
  }

  protected call(): unknown {
    return this.#run();
  }

  protected close(failed: boolean, outcome: unknown): T {
    if (failed) throw outcome;
    return outcome as T;
  }

  *#run(): FlowOf<unknown> {
    let failed = false;
    let outcome: unknown;
    try {
      // Not the block itself, which is a coroutine and would be awaited if the body returned it.
      const group: TaskGroup = {
        createTask: (made: never, options) => this.createTask(made, options),
      };
      outcome = yield* coroutine(this.#body as (group: TaskGroup) => FlowOf<unknown>)(group);
    } catch (error) {
      failed = true;
      outcome = error;
    }
    this.#exiting = true;
    if (failed && !this.#aborting) this.#abort();
    const cancelled = failed && isCancelled(outcome);
    const interruption = (yield* this.#awaitChildren()) ?? (cancelled ? outcome : null);
    const around = this.#interrupted ? this.takeBack() : this.task.cancellingIn(this);
    // Without errors no task has failed, so the cancellation came from around the block.
    if (interruption !== null && this.#errors.length === 0) throw interruption;
    if (failed && !cancelled) this.#errors.push(outcome);
    if (this.#errors.length === 0) return outcome;
    // Whoever has cancelled from around the block is not forgotten for the errors (TG-05, TG-13).
    if (around > 0) this.task.recancelAround(this);
    throw this.#error();
  }

  /** Waits for the tasks, however often that is cancelled. Answers the CancelledError that was the reason to abort. */
  *#awaitChildren(): FlowOf<unknown> {
    let interruption: unknown = null;
    while (this.#children.size > 0) {
      try {
        yield* new Wait(groupEnd, this);
      } catch (error) {
        if (!this.#aborting) {
          interruption = error;
          this.#abort();
        }
      }
      this.#end = null;
    }
    return interruption;
  }

  #abort(): void {
    this.#aborting = true;
    for (const child of this.#children) if (!child.done()) child.cancelNow("");
  }

  #error(): AggregateError {
    const errors = this.#errors;
    const count = errors.length === 1 ? "1 sub-exception" : `${errors.length} sub-exceptions`;
    const { loop, path } = this.task;
    const error = new AggregateError(errors, `unhandled errors in a TaskGroup (${count})`);
    loop.debugMode?.located(error, this);
    return Object.assign(error, { code: "ERR_TASK_GROUP", time: loop.now, task: path });
  }

  #refused(): UsageError {
    const { loop, path: task } = this.task;
    const [state, advice] = this.#aborting
      ? ["is shutting down", "A task or the body has failed, or was cancelled."]
      : ["is finished", "Make its tasks while its body or one of them runs."];
    return new UsageError("ERR_TASK_GROUP_STATE", `Group \`${this.path}\` ${state}. ${advice}`, {
      time: loop.now,
      task,
    });
  }

  /** Only `Promise.race` leaves a block behind when its task ends. */
  #reportOrphan(child: Task<unknown>): void {
    child.loop.callExceptionHandler({
      message: `Task \`${child.path}\` has errored out but its parent task \`${this.task.path}\` is already completed`,
      exception: child.error,
      task: child,
    });
  }
}

/**
 * Runs `body`, which makes tasks by `group.createTask`, and ends when all of them have ended, with
 * what `body` returned. If a task fails, or `body` does, all other tasks and `body` are cancelled;
 * when they have ended an AggregateError is thrown, with the errors in the order of completion, that
 * of `body` last (`code`: `ERR_TASK_GROUP`). Cancellations are no errors. If the group itself is
 * cancelled, so are its tasks, and it throws the CancelledError when they have ended; or their
 * errors, and the CancelledError follows at the next wait. Only waits begun in the block are
 * cancelled (rule S13). Source: asyncio.TaskGroup of 3.13, Lib/asyncio/taskgroups.py.
 *
 * ```ts
 * import { now, run, sleep, taskGroup } from "@tickless/core";
 *
 * await run(async () => {
 *   const [one, two] = await taskGroup(async (group) => [
 *     group.createTask(() => sleep(3, "one")),
 *     group.createTask(() => sleep(5, "two")),
 *   ]);
 *   console.log(one?.result(), two?.result(), now()); // => one two 5
 * });
 * ```
 *
 * @category Tasks
 */
export function taskGroup<R>(
  body: ((group: TaskGroup) => R) & NoPlainYield<R>,
  options: TaskGroupOptions = {},
): Coroutine<Result<R>> {
  if (typeof body !== "function") {
    throw badType(
      "body",
      "an async or generator function",
      body,
      "`taskGroup(async (group) => { group.createTask(…); })`.",
    );
  }
  checkNames(options, ["name"]);
  return new GroupBlock<Result<R>>(body, checkName(options.name));
}
