import { currentScope, driver as theDriver } from "./context.ts";
import { checkNames, type ErrorContext, UsageError } from "./errors.ts";
import type { Loop } from "./loop.ts";
import { inspectable } from "./inspectable.ts";
import { checkName, type NameNode } from "./names.ts";
import type { Task } from "./task.ts";

// V8 compiles a constant of the module's own in, and loads and checks an imported one at each use.
const driver = theDriver;

/**
 * Options that every object of a loop takes.
 *
 * @category For extenders
 */
export interface ResourceOptions {
  /** Its segment of the path; by default its kind and an ordinal, `queue-1`. */
  readonly name?: string | undefined;
}

/**
 * That a task holds a resource, or a part of it: a lock, a permit.
 *
 * @category For extenders
 */
export interface Holding {
  /** Who took it, and is to give it back. */
  readonly task: Task<unknown>;
  /** Virtual time at which it was taken. */
  readonly since: number;
  /** What is held, where it is not the resource itself: `a permit`, `2 permits`. */
  readonly what?: string | undefined;
}

/**
 * What tasks share: queues, locks, events. A resource belongs to the first loop that uses it, or in
 * whose run it is made; it has a path, and tells probes what is done to it.
 *
 * @category For extenders
 */
export abstract class Resource {
  /** `queue`, `lock`, `event` …: what paths and probes call it. */
  readonly kind: string;
  readonly #name: string | undefined;
  #loop: Loop | null = null;
  #id = -1;
  #parent: NameNode | null = null;
  #segment = "";

  static {
    inspectable(this.prototype);
  }

  /** `known`: the names that its options may have. */
  constructor(kind: string, options: ResourceOptions, known: readonly string[] = ["name"]) {
    checkNames(options, known);
    this.kind = kind;
    this.#name = checkName(options.name);
    if (driver.loop !== null) this.#bind(driver.loop);
  }

  /** For example `queue main/jobs`. */
  toString(): string {
    return `${this.kind} ${this.path}`;
  }

  /** Id by which probes know it; -1 until a loop has used it. */
  get id(): number {
    return this.#id;
  }

  /** Path by which reports and traces know it, for example `main/queue-1`. */
  get path(): string {
    return this.#parent?.pathOf(this.#segment) ?? this.#name ?? this.kind;
  }

  /** Who holds it, in the order in which it was taken; debug mode lists what is held when the run ends. */
  get held(): readonly Holding[] {
    return [];
  }

  /** Where the running code is, for errors. */
  protected get where(): ErrorContext {
    const { loop } = driver;
    return loop === null ? {} : { time: loop.now, task: currentScope()?.task.path };
  }

  /**
   * Whose step is going on, for reports: much cheaper than `currentTask()`. It is another task only in
   * code that awaited a promise which that task's step has resolved.
   */
  protected get stepOwner(): Task<unknown> | null {
    if (driver.loop === null) return null;
    const scope = driver.flow === null ? driver.step : driver.flow.scope;
    return scope === null ? null : scope.task;
  }

  /** Begins every method that changes or waits: a second loop is refused here. */
  protected use(): void {
    if (driver.loop !== this.#loop) this.#useElsewhere(driver.loop);
  }

  /** Apart, so that `use` is small enough to be compiled into what calls it. */
  #useElsewhere(loop: Loop | null): void {
    if (loop === null) {
      this.#loop?.checkInside(`${this.kind} \`${this.path}\``);
      return;
    }
    if (this.#loop !== null) {
      throw new UsageError(
        "ERR_OTHER_LOOP",
        `${this.kind} \`${this.path}\` belongs to another run. Make it inside the main that uses it.`,
        { time: loop.now },
      );
    }
    this.#bind(loop);
  }

  /** Begins every method that tells something of its state and neither changes it nor waits. */
  protected look(): void {
    const { loop } = driver;
    if (loop !== null && loop.watcher !== null) loop.watcher.touch(this.#id);
  }

  /**
   * Tells the probes, before it takes effect; `state` is what the object holds afterwards. When it is
   * an `acquire`, debug mode remembers where the task waited for it.
   */
  protected report(operation: string, state: number): void {
    const loop = this.#loop;
    if (loop === null || driver.loop !== loop) return;
    if (driver.debugged !== null && operation === "acquire") driver.debugged.acquired(this);
    if (loop.observer !== null) this.#tell(loop, operation, state);
  }

  #tell(loop: Loop, operation: string, state: number): void {
    loop.observer?.operation(loop.currentTaskId(), this.#id, operation, state);
  }

  #bind(loop: Loop): void {
    this.#loop = loop;
    this.#parent = loop.namer();
    this.#segment = String(this.#parent.claim(this.kind, this.#name));
    this.#id = loop.introduce(this.kind, this.#segment);
  }
}
