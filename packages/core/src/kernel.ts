import type { Activation, ReadyQueue } from "./activation.ts";
import { Agenda } from "./agenda.ts";
import { aside, currentScope, driver } from "./context.ts";
import { type BetweenSlices, type Driven, ENDED, PARKED, RAN, rouse, type Turn } from "./drain.ts";
import { checkTime, LimitError, UnhandledRejectionError, UsageError } from "./errors.ts";
import { checkOptions, type LoopOptions, type Settings } from "./options.ts";
import { Lateness } from "./jitter.ts";
import { limitReached } from "./limit.ts";
import { badChoice, type ChoiceKind, type Policy } from "./policy.ts";
import { type Drive, Observer } from "./probe.ts";
import { Ring } from "./ring.ts";

/**
 * Why a drive of the loop ended.
 *
 * @category Running
 */
export type StopReason =
  | "done"
  | "until"
  | "exhausted"
  | "stopped"
  | "deadlock"
  | "limit"
  | "error";

/** Results that come from outside the run (`external`). */
export interface Arrivals {
  /** Makes the next result that may be delivered ready. Answers false if there is none. */
  deliver(): boolean;
  /** Whether a call is in flight. */
  readonly waiting: boolean;
}

/**
 * The clock, the ready queue and the agenda, and the one place where they move: `turn`. A loop adds
 * to this what programs call.
 */
export abstract class Kernel implements Driven, ReadyQueue {
  /** @internal */
  readonly settings: Settings;
  /** @internal Virtual time. It moves in `#moveTime` alone, between passes and never backwards (rule S3). */
  now: number;
  /** @internal The probes; null while there are none, so that their absence costs one comparison. */
  readonly observer: Observer | null;
  /** @internal Set for good by a probe that failed: nothing of the program runs any more (rule S8). */
  halted = false;
  /** @internal */
  readonly between: BetweenSlices = { scope: null, frame: null };
  /** @internal See `ReadyQueue`. Under a policy a timer and the wake-up it brings are one choice, not two. */
  fires = false;
  /** @internal True for `runSync`: nothing is drained, so no body may need it. */
  sync = false;
  /** @internal How many hand-overs are ready: without a policy what they go on to was still this step. */
  handOvers = 0;
  /** @internal Promises that were unhandled while there were any, each with what is to be said of it. */
  unhandled: Map<unknown, UnhandledRejectionError> | null = null;
  /** How many steps were run. */
  steps = 0;
  /** @internal What has failed the run and was not yet thrown. */
  failure: { readonly error: unknown } | null = null;
  /** @internal */
  protected readonly ready: Ring = new Ring();
  /** @internal */
  readonly agenda: Agenda = new Agenda();
  /** @internal */
  protected arrivals: Arrivals | null = null;
  /** @internal */
  protected stopping = false;
  /** @internal */
  protected closed = false;
  /** @internal */
  protected reason: StopReason = "exhausted";
  /** Settles the drive in progress; null while there is none. */
  #finish: (() => void) | null = null;
  /** Activations that the present pass has still to run (rule S2). */
  #left = 0;
  /** Whether a pass has begun in the drive in progress. */
  #passed = false;
  /** How much `enqueue` has made ready in the present pass. */
  #enqueued = 0;
  #until = Infinity;
  /** At this number of steps the drive in progress ends. */
  #lastStep = Infinity;
  /** The lesser of that and `maxSteps`. */
  #runLimit = Infinity;
  /** At this number of steps there have been too many at one instant. */
  #instantLimit: number;
  /** The least of the limits on `steps`, so that a step compares with one number. */
  #nextLimit = 0;
  readonly #policy: Policy | null;
  /** How late timers may be; null: never. */
  readonly #lateness: Lateness | null;
  /** @internal Learns what is looked at; null while nobody wants to know. */
  watcher: Pick<Required<Policy>, "touch"> | null = null;
  /** What a policy asks about its options; made with the first choice. */
  #taskAt: ((index: number) => number) | null = null;

  constructor(options: LoopOptions, drive: Drive) {
    this.settings = checkOptions(options);
    const { probes, seed, start, timeUnit, policy, jitter } = this.settings;
    this.now = start;
    const chooser = (this.#policy = policy?.fifo === true ? null : policy);
    this.#lateness = chooser && jitter && new Lateness(this, chooser, jitter);
    this.#instantLimit = this.settings.maxStepsPerInstant;
    this.observer = probes.length === 0 ? null : new Observer(probes, (error) => this.halt(error));
    this.observer?.begin(seed, start, timeUnit, drive);
  }

  /** @internal */
  get drain(): "auto" | "reference" {
    return this.settings.drain;
  }

  /** @internal */
  get choosy(): boolean {
    return this.#policy !== null;
  }

  /** Whether a run of this loop is going on. */
  isRunning(): boolean {
    return this.#finish !== null;
  }

  /** Whether it was closed. */
  isClosed(): boolean {
    return this.closed;
  }

  /** @internal What stands behind a time in messages: ` ms`. */
  get unit(): string {
    const { timeUnit } = this.settings;
    return timeUnit === "none" ? "" : ` ${timeUnit}`;
  }

  /** @internal A time in messages: `t=5 ms`. */
  at(time: number = this.now): string {
    return `t=${time}${this.unit}`;
  }

  /** Time of the next activation; Infinity if there is none. */
  peek(): number {
    for (let i = 0; i < this.ready.length; i++) {
      if (this.ready.at(i)?.dropped === false) return this.now;
    }
    return Math.max(this.now, this.agenda.peek());
  }

  /** @internal Ids of the tasks that are ready to go on, the one that is next first; -1 for a callback. */
  get readyIds(): number[] {
    const ids: number[] = [];
    for (let i = 0; i < this.ready.length; i++) {
      const activation = this.ready.at(i);
      if (activation?.dropped === false && !activation.quiet) ids.push(activation.taskId);
    }
    return ids;
  }

  /** @internal Makes `activation` ready, because of what is happening now. */
  schedule(activation: Activation): void {
    if (this.closed) this.checkOpen();
    if (this.observer !== null) activation.cause = this.observer.event;
    this.ready.push(activation);
  }

  /** @internal Makes `activation` ready, because of what it had as its cause before. */
  enqueue(activation: Activation): void {
    this.fires = this.choosy;
    this.#enqueued++;
    this.ready.push(activation);
  }

  /** @internal Puts `activation` into the agenda. */
  arm(when: number, activation: Activation): void {
    if (this.closed) this.checkOpen();
    if (!Number.isFinite(when)) checkTime("when", when);
    if (this.observer !== null) activation.cause = this.observer.event;
    this.agenda.arm(this.#lateness === null ? when : this.#lateness.late(when), activation);
  }

  /** @internal Takes `activation` out of the agenda. */
  disarm(activation: Activation): void {
    this.agenda.disarm(activation);
  }

  /** @internal The run fails: it ends before the next activation. The first failure is the one that counts. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.rouse();
  }

  /** @internal A probe failed: as `fail`, and nothing of the program is resumed after it. */
  halt(error: unknown): void {
    this.halted = true;
    this.fail(error);
  }

  /** @internal A promise stayed unhandled to the end of its step (rule S7.8). */
  rejected(reason: unknown, promise: unknown): void {
    if (this.halted) return;
    const scope = currentScope();
    const where = scope === null ? "a callback" : `task \`${scope.task.path}\``;
    const error = new UnhandledRejectionError(
      `A promise was rejected in ${where} at ${this.at()}, and nothing had handled it when the ` +
        "step ended. Await it where it can fail, or give it a `catch`. The cause is the rejection.",
      { time: this.now, task: scope?.task.path, cause: reason },
    );
    if (this.handOvers === 0) this.fail(error);
    else (this.unhandled ??= new Map()).set(promise, error);
  }

  /** @internal That promise was handled after all. */
  handled(promise: unknown): void {
    this.unhandled?.delete(promise);
  }

  /** @internal Work has come from outside a step: a parked loop goes on. */
  rouse(): void {
    if (this.isRunning() && (driver.loop as unknown) !== this) rouse(this);
  }

  /** @internal */
  turn(): Turn {
    try {
      return this.#turn();
    } catch (error) {
      this.fail(error);
      return this.#ended("error");
    }
  }

  /** @internal */
  finish(): void {
    const finish = this.#finish;
    this.#finish = null;
    this.stopping = false;
    finish?.();
  }

  /** @internal Begins a drive: to the end of time `until`, of `steps` steps, or of what there is. */
  protected begin(until: number | undefined, steps: number, finish: () => void): void {
    this.#until = until === undefined ? Infinity : checkTime("until", until);
    this.#lastStep = this.steps + steps;
    this.#runLimit = Math.min(this.#lastStep, this.settings.maxSteps);
    this.#setNextLimit();
    this.#passed = false;
    this.#finish = finish;
  }

  /** @internal */
  protected checkOpen(): void {
    if (!this.closed) return;
    throw new UsageError("ERR_LOOP_CLOSED", "Event loop is closed. Make a new one: `new Loop()`.");
  }

  /** @internal Asks the policy, and refuses what is no option. */
  ask(policy: Policy, kind: ChoiceKind, count: number, task: (index: number) => number): number {
    const picked = aside(() => policy.choose(kind, count, task));
    if (Number.isInteger(picked) && picked >= 0 && picked < count) return picked;
    throw badChoice(picked, count, this.now);
  }

  /** @internal An option of the program's own: the first where nobody chooses. */
  chooseOption(count: number): number {
    if (this.#policy === null || count < 2) return 0;
    const picked = this.ask(this.#policy, "choose", count, () => -1);
    this.observer?.choice("choose", count, picked);
    return picked;
  }

  #ended(reason: StopReason): Turn {
    this.reason = reason;
    return ENDED;
  }

  #turn(): Turn {
    for (;;) {
      if (this.failure !== null) {
        return this.#ended(this.failure.error instanceof LimitError ? "limit" : "error");
      }
      if (this.steps >= this.#nextLimit) {
        const turn = this.#atLimit();
        if (turn !== RAN) return turn;
      }
      if (this.#left === 0) {
        if (!this.#mustRunReady()) {
          const turn = this.#beginPass();
          if (turn !== RAN) return turn;
          continue;
        }
        this.#passed = true;
        this.#left = this.ready.length;
        if (this.steps >= this.#nextLimit) continue;
      }
      this.#left--;
      const activation = this.#policy === null ? this.ready.shift() : this.#choose(this.#policy);
      if (activation === undefined) continue;
      if (!activation.activate()) continue;
      this.steps++;
      // Nothing is drained on the caller's stack, so there is nothing to return for.
      if (!this.sync) return RAN;
    }
  }

  /** Whether the next pass is just what is ready: `#beginPass` would look at much and find nothing. */
  #mustRunReady(): boolean {
    return this.ready.length > 0 && this.agenda.isEmpty && !this.stopping && this.#policy === null;
  }

  /** Rule S2. Under a policy each activation is a pass of its own (rule S10). */
  #beginPass(): Turn {
    if (this.stopping && this.#passed) return this.#ended("stopped");
    const next = this.agenda.peek();
    let due = next <= this.now;
    if (!due && this.ready.length === 0 && !this.stopping) {
      // While an external call is in flight time stands still (rule S7).
      if (this.arrivals !== null && this.arrivals.deliver()) return RAN;
      if (this.arrivals !== null && this.arrivals.waiting) return PARKED;
      if (next === Infinity || this.agenda.onlyBackground) return this.#ended("exhausted");
      if (next > this.#until) {
        if (this.#until > this.now) this.#moveTime(this.#until);
        return this.#ended("until");
      }
      this.#moveTime(next);
      due = true;
    }
    this.#left = due ? this.#ripen() : this.ready.length;
    if (this.choosy) this.#left = Math.min(1, this.ready.length);
    this.#passed = true;
    return RAN;
  }

  /**
   * Moves what is due to the ready queue. Answers how much of it this pass has to run.
   *
   * Where nothing was ready, the pass would begin with firing the timers of waits, each of which only
   * makes its wait ready for the next pass. That is done here, up to the first that is something else,
   * and saves a sleep a trip through the ready queue; the order is the same.
   */
  #ripen(): number {
    const before = this.ready.length;
    this.fires = this.choosy || before === 0;
    this.#enqueued = 0;
    this.agenda.ripen(this);
    // Under a policy all that is ready is to be had at once, in the order in which it came.
    if (before > 0 || this.choosy) return this.ready.length;
    // This pass has nothing to run then, and the next runs what was woken.
    if (this.#enqueued === 0) return this.ready.length;
    // What was woken belongs to the next pass, behind what this one runs.
    const woken = this.ready.length - this.#enqueued;
    for (let i = 0; i < woken; i++) this.ready.push(this.ready.shift() as Activation);
    return this.#enqueued;
  }

  #moveTime(time: number): void {
    if (this.observer !== null) this.observer.time(time);
    this.now = time;
    this.#instantLimit = this.steps + this.settings.maxStepsPerInstant;
    this.#setNextLimit();
  }

  #setNextLimit(): void {
    const limit = this.#instantLimit;
    this.#nextLimit = this.#runLimit < limit ? this.#runLimit : limit;
  }

  #choose(policy: Policy): Activation | undefined {
    // What is the engine's own, or was taken back, is no option: whoever is asked chooses among steps.
    const quiet = this.#firstQuiet();
    // Nor is it the program's that looks then.
    this.watcher = quiet < 0 && policy.touch !== undefined ? (policy as Required<Policy>) : null;
    if (quiet >= 0) return this.ready.take(quiet);
    const count = this.ready.length;
    if (count < 2) return this.ready.shift();
    this.#taskAt ??= (index) => this.ready.at(index)?.taskId ?? -1;
    const picked = this.ask(policy, "ready", count, this.#taskAt);
    this.observer?.choice("ready", count, picked);
    return this.ready.take(picked);
  }

  /** What is no step may still run, so that a program may take exactly as many as it is allowed. */
  #atLimit(): Turn {
    if (this.#left > 0 && this.#firstQuiet() >= 0) return RAN;
    if (this.steps >= this.#lastStep) return this.#ended("stopped");
    if (this.#left === 0) return RAN;
    const what = this.steps >= this.settings.maxSteps ? "run" : "instant";
    this.fail(limitReached(what, this));
    return this.#ended("limit");
  }

  /** Place of what runs next and is no step; -1 if a step is next. */
  #firstQuiet(): number {
    const length = this.choosy ? this.ready.length : 1;
    for (let i = 0; i < length; i++) {
      const activation = this.ready.at(i);
      if (activation?.quiet === true || activation?.dropped === true) return i;
    }
    return -1;
  }
}
