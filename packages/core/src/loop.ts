import type { Activation } from "./activation.ts";
import { bodyOf, checkTaskOptions } from "./body.ts";
import { currentScope, driver, type Scope } from "./context.ts";
import type { Context } from "./context-var.ts";
import type { Body, FlowOf } from "./coroutine.ts";
import { deadlockError } from "./deadlock.ts";
import { DebugMode } from "./debug.ts";
import { driveSync } from "./drain.ts";
import { badType, checkNames, checkTime, UsageError } from "./errors.ts";
import type { ExternalCalls } from "./external.ts";
import { Future, isFuture } from "./future.ts";
import { type Callback, CallbackHandle, type Handle } from "./handle.ts";
import { Kernel, type StopReason } from "./kernel.ts";
import { checkName, NameNode } from "./names.ts";
import type { ExceptionContext, LoopOptions } from "./options.ts";
import { noted, whereText } from "./place.ts";
import type { Drive } from "./probe.ts";
import { type RandomStream, RandomStreams } from "./random.ts";
import { Reports } from "./reports.ts";
import { type Outlet, StopWhenDone } from "./settlement.ts";
import type { Coroutine } from "./suspension.ts";
import { inCallbackOf, type Surroundings } from "./surroundings.ts";
import { TaskList } from "./task-list.ts";
import { Task, type TaskOptions } from "./task.ts";

/** How far a drive goes. */
interface DriveEnd {
  /** Until this is done. */
  readonly main?: Future<unknown>;
  /** To the end of this time. */
  readonly until?: number | undefined;
  /** For so many steps. */
  readonly steps?: number;
}

/**
 * An event loop in virtual time, with asyncio's order: passes over a first-in-first-out ready queue,
 * and an agenda of timers by (time, order of arming). Time moves only when nothing is ready.
 *
 * @category Running
 */
export class Loop extends Kernel {
  /** @internal What goes to the exception handler. */
  readonly reports: Reports;
  /** @internal How many tasks, each awaiting the next, the cancellation in progress has gone through. */
  cancelDepth = 0;
  /** @internal Context variables of the callback that ran last; null while it has none. */
  callbackContext: Context | null = null;
  /** @internal Globals of its own; null while it has those of everybody. */
  surroundings: Surroundings | null = null;
  /** @internal Promises of code outside the run. */
  readonly outlets: Set<Outlet> = new Set();
  /** @internal */
  readonly taskList: TaskList = new TaskList();
  readonly #root = new NameNode(null, "", -1);
  readonly #streams = new RandomStreams(this);
  #ids = 0;
  #debugMode: DebugMode | null = null;

  /** `drive` is for probes: whoever makes a loop by hand leaves it out. */
  constructor(options: LoopOptions = {}, drive: Drive = "loop") {
    super(options, drive);
    this.reports = new Reports(this);
    this.debug = this.settings.debug;
  }

  /** Whether debug mode is on: reports of what goes wrong in silence, with stacks. */
  get debug(): boolean {
    return this.#debugMode !== null;
  }

  /** Switches debug mode, also while the loop runs. What was done without it stays unknown to it. */
  set debug(debug: boolean) {
    if (debug === this.debug) return;
    this.#debugMode = debug ? new DebugMode(this) : null;
    if (driver.loop === this) driver.debugged = this.#debugMode;
  }

  /** @internal null while debug mode is off. */
  get debugMode(): DebugMode | null {
    return this.#debugMode;
  }

  /** @internal In debug mode the error that fails the run tells where its task was. */
  override fail(error: unknown): void {
    // A probe may fail while the loop is being made.
    if (#debugMode in this && this.failure === null) this.#debugMode?.explain(error);
    super.fail(error);
  }

  /** Virtual time. */
  time(): number {
    return this.now;
  }

  /** Runs `callback(...args)` in the next pass. */
  callSoon<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Handle {
    this.#checkCallback("callSoon()", callback);
    const handle = new CallbackHandle(this, callback as Callback, args, NaN);
    this.#debugMode?.scheduled(handle);
    this.observer?.arm(this.currentTaskId(), this.now);
    this.schedule(handle);
    return handle;
  }

  /** Runs `callback(...args)` after `delay` time units; a negative delay counts as 0. */
  callLater<A extends unknown[]>(
    delay: number,
    callback: (...args: A) => void,
    ...args: A
  ): Handle {
    const when = this.now + Math.max(0, checkTime("delay", delay));
    return this.#armCallback("callLater()", when, callback as Callback, args);
  }

  /** Runs `callback(...args)` at time `when`, or as soon as it can if that is past. */
  callAt<A extends unknown[]>(when: number, callback: (...args: A) => void, ...args: A): Handle {
    return this.#armCallback("callAt()", checkTime("when", when), callback as Callback, args);
  }

  /** A future to be settled by hand. */
  createFuture<T>(options: { readonly name?: string | undefined } = {}): Future<T> {
    checkNames(options, ["name"]);
    this.checkInside("createFuture()");
    return new Future<T>(this, checkName(options.name));
  }

  /** Makes a task of a function, a generator or a coroutine. It begins in the next pass. */
  createTask<T>(body: Body<T> | FlowOf<T> | Coroutine<T>, options: TaskOptions = {}): Task<T> {
    this.checkOpen();
    this.checkInside("createTask()");
    return this.makeTask("createTask", body, options);
  }

  /** Runs until `main` is done; answers its result. Other tasks stay where they are. */
  async runUntilComplete<T>(main: Future<T> | Coroutine<T> | Body<T>): Promise<T> {
    this.checkStart();
    const future = isFuture(main) ? main : this.createTask<T>(main);
    if (future.loop !== this) throw future.foreign();
    await this.drive({ main: future });
    return this.outcome(future);
  }

  /** Runs until `stop` is called. */
  async runForever(): Promise<void> {
    this.checkStart();
    const reason = await this.drive({});
    this.throwFailure();
    if (reason === "exhausted") throw deadlockError(this);
  }

  /** Runs until nothing is ready and no timer is left, `stop` is called, or time `until` is over. */
  async run(options: { readonly until?: number | undefined } = {}): Promise<StopReason> {
    this.checkStart();
    const reason = await this.drive(options);
    this.throwFailure();
    return reason;
  }

  /** Runs one step: one activation with all that it causes. Answers false if there was none. */
  async step(): Promise<boolean> {
    this.checkStart();
    const before = this.steps;
    await this.drive({ steps: 1 });
    this.throwFailure();
    return this.steps > before;
  }

  /** Ends the run after the pass in progress; called before a run: after its first pass. */
  stop(): void {
    this.stopping = true;
    this.rouse();
  }

  /** Drops all callbacks and timers, and reports exceptions that nobody has looked at. */
  close(): void {
    this.#close(null);
  }

  #close(reason: StopReason | null): void {
    if (this.isRunning()) {
      throw new UsageError("ERR_LOOP_RUNNING", "Cannot close a running event loop.");
    }
    if (this.closed) return;
    this.reports.flush(reason);
    this.surroundings?.over?.();
    this.closed = true;
    this.ready.clear();
    this.agenda.clear();
    for (const task of this.tasks) task.forget();
    for (const outlet of this.outlets) outlet.handOver();
    this.#debugMode?.clear();
  }

  /** Replaces the handler of exceptions that no code of the program can catch; null: print them. */
  setExceptionHandler(handler: ((loop: Loop, context: ExceptionContext) => void) | null): void {
    if (handler !== null && typeof handler !== "function") {
      throw badType("handler", "a function or null", handler);
    }
    this.reports.handler = handler;
  }

  /** The handler that was set; null if there is none. */
  getExceptionHandler(): ((loop: Loop, context: ExceptionContext) => void) | null {
    return this.reports.handler;
  }

  /** Hands `context` to the handler, or prints it. */
  callExceptionHandler(context: ExceptionContext): void {
    this.reports.call(context);
  }

  /** The random stream called `name`; the same name continues the same stream. */
  random(name: string): RandomStream {
    return this.#streams.get(name);
  }

  // From here on: what the other files of core use.

  /** @internal `caller` is what the user has called, for messages. */
  makeTask<T>(
    caller: string,
    body: Body<T> | FlowOf<T> | Coroutine<T>,
    options: TaskOptions,
  ): Task<T> {
    checkTaskOptions(options);
    return new Task<T>(this, bodyOf(body, caller), options);
  }

  /** @internal Gives an id to what is called `segment` below `namer()`. */
  introduce(kind: string, segment: string | number): number {
    const id = this.#ids++;
    this.observer?.name(id, this.namer().id, kind, String(segment));
    return id;
  }

  /** @internal Below this node stands what the running code names. */
  namer(): NameNode {
    if (driver.loop !== this) return this.#root;
    const scope = currentScope() ?? driver.origin;
    return scope === null || scope.task.loop !== this ? this.#root : scope.task.node;
  }

  /** @internal Id of the running task; -1 in a callback and outside. */
  currentTaskId(): number {
    return driver.loop === this ? (currentScope()?.task.id ?? -1) : -1;
  }

  /** @internal The tasks that are not done, in the order of creation. */
  get tasks(): Task<unknown>[] {
    return this.taskList.toArray();
  }

  /** @internal The queue of `external` calls, made by the first of them. */
  externals(make: (loop: Loop) => ExternalCalls): ExternalCalls {
    return (this.arrivals ??= make(this)) as ExternalCalls;
  }

  /** @internal Whether it has made an `external` call. */
  get calledOut(): boolean {
    return this.arrivals !== null;
  }

  /** @internal Runs a callback of the user; what it throws goes to the exception handler. */
  runCallback(
    activation: Activation,
    origin: Scope | null,
    callback: Callback,
    args: readonly unknown[],
    context: Context | null = null,
    handle?: Handle,
  ): void {
    this.observer?.callback(activation.cause, origin?.task.id ?? -1);
    driver.step = null;
    driver.origin = origin;
    this.callbackContext = context;
    const place = this.#debugMode?.called(activation, callback.name);
    try {
      // A call with a spread is four times as dear.
      if (this.surroundings !== null) inCallbackOf(this, callback, args);
      else if (args.length === 0) callback();
      else callback(...args);
    } catch (error) {
      if (this.halted) return;
      const name = callback.name === "" ? "" : ` ${callback.name}`;
      const message = `Exception in callback${name} at ${this.at()}`;
      this.reports.call({
        message,
        exception: error,
        ...(handle && { handle }),
        ...noted(whereText("It was scheduled", place)),
      });
    }
  }

  /** @internal While the loop runs only its own steps may change it: anything else could not be repeated. */
  checkInside(what: string): void {
    if (driver.loop === this || !this.isRunning()) return;
    const error = new UsageError(
      "ERR_OUTSIDE_STEP",
      `${what} was called on a running loop from outside its steps, by a real timer or real I/O, so ` +
        "the run could not be repeated. Bring real events into a run with `external(…)`.",
      { time: this.now },
    );
    this.fail(error);
    throw error;
  }

  /** @internal */
  checkStart(): void {
    this.checkOpen();
    if (this.isRunning()) {
      throw new UsageError("ERR_LOOP_RUNNING", "This event loop is already running.");
    }
    if (driver.loop !== null) {
      throw new UsageError(
        "ERR_RUN_IN_STEP",
        "Cannot run the event loop while another loop is running. Inside a run, start a task " +
          "instead: `createTask(main)`.",
      );
    }
  }

  /** @internal Runs the loop in slices of macrotasks. */
  drive(end: DriveEnd): Promise<StopReason> {
    return new Promise((resolve) => {
      this.#begin(end, () => resolve(this.reason));
      this.rouse();
    });
  }

  /** @internal As `drive`, on the caller's stack. */
  driveSync(end: DriveEnd): StopReason {
    this.#begin(end, () => undefined);
    driveSync(this);
    return this.reason;
  }

  /** @internal The outcome of a drive with `main`: its value, or whatever kept it from having one. */
  outcome<T>(main: Future<T>): T {
    this.throwFailure();
    if (main.done()) return main.result();
    if (this.reason === "exhausted") throw deadlockError(this);
    return this.stoppedEarly();
  }

  /** @internal */
  stoppedEarly(): never {
    throw new UsageError("ERR_LOOP_STOPPED", "Event loop stopped before Future completed.", {
      time: this.now,
    });
  }

  /** @internal The program is over: tells the probes and closes. */
  conclude(reason: StopReason): void {
    try {
      if (!this.halted) this.observer?.end(reason);
    } catch (error) {
      this.fail(error);
    }
    this.#close(reason);
  }

  /** @internal Throws what has failed the run, if anything has. */
  throwFailure(): void {
    const { failure } = this;
    if (failure === null) return;
    // A halted loop stays failed: nothing of its program may go on.
    if (!this.halted) this.failure = null;
    throw failure.error;
  }

  #begin(end: DriveEnd, finish: () => void): void {
    const { main } = end;
    const stopper = new StopWhenDone(this);
    main?.addWaiter(stopper);
    this.begin(end.until, end.steps ?? Infinity, () => {
      // A drive that ended early must not leave behind what would end the next one.
      main?.removeWaiter(stopper);
      stopper.over = true;
      finish();
    });
  }

  #armCallback(method: string, when: number, callback: Callback, args: readonly unknown[]): Handle {
    this.#checkCallback(method, callback);
    const handle = new CallbackHandle(this, callback, args, when);
    this.#debugMode?.scheduled(handle);
    this.observer?.arm(this.currentTaskId(), when);
    this.arm(when, handle);
    return handle;
  }

  #checkCallback(method: string, callback: unknown): void {
    if (typeof callback !== "function") throw badType("callback", "a function", callback);
    this.checkOpen();
    this.checkInside(method);
  }
}
