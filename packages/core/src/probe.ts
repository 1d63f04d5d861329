/**
 * An observer of a loop. Every method is optional, gets numbers and strings, and returns nothing.
 * It is called *before* what it tells of takes effect, so a probe that throws stops the run there.
 * A probe must not call into the loop: observing changes nothing (rule S8).
 *
 * `event` numbers the events of a run from 1. `cause` is the number of the event that made this one
 * happen (0: none): of what woke a task, of what armed a timer, and inside a step of that step.
 * Tasks and objects go by the id that `name` introduced; -1 means none.
 *
 * @category For extenders
 */
export interface Probe {
  /** The run begins; `now` is its start time. */
  begin?(event: number, seed: string, now: number, timeUnit: string): void;
  /** A task or an object gets its id. Its path is that of `parent`, a slash, and `segment`. */
  name?(
    event: number,
    cause: number,
    id: number,
    parent: number,
    kind: string,
    segment: string,
  ): void;
  /** Virtual time moves to `now`. */
  time?(event: number, now: number): void;
  /** A timer that was armed for `when` fires. */
  timer?(event: number, cause: number, when: number): void;
  /** A task starts or goes on. */
  step?(event: number, cause: number, task: number): void;
  /** A callback runs; `task` is the one that scheduled it. */
  callback?(event: number, cause: number, task: number): void;
  /** A task begins to wait: for `object`, or until a time (NaN where there is none). */
  wait?(
    event: number,
    cause: number,
    task: number,
    kind: string,
    object: number,
    until: number,
  ): void;
  /** A callback or a timeout is scheduled for `when`. */
  arm?(event: number, cause: number, task: number, when: number): void;
  /** Something is done to an object; `state` is what it holds afterwards. */
  operation?(
    event: number,
    cause: number,
    task: number,
    object: number,
    name: string,
    state: number,
  ): void;
  /** A task or future settles: `returned`, `raised` or `cancelled`. */
  settle?(event: number, cause: number, id: number, outcome: string): void;
  /** Task `by` asks for the cancellation of `task`. */
  cancel?(event: number, cause: number, by: number, task: number): void;
  /** A policy picks one of `count` options. */
  choice?(event: number, cause: number, kind: string, count: number, picked: number): void;
  /** A number is drawn from a random stream. */
  draw?(event: number, cause: number, stream: string): void;
  /** `external` call number `call` delivers its encoded outcome. */
  external?(event: number, cause: number, call: number, encoded: string): void;
  /** The run ends. */
  end?(event: number, reason: string): void;
}

/** The probes of one loop behind one object, which also numbers the events. */
export class Observer {
  /** Number of the latest event: the cause of whatever is made ready or armed now. */
  event = 0;
  /** Number of the step, callback or timer in progress: the cause of what happens inside it. */
  within = 0;
  readonly #probes: readonly Probe[];
  readonly #failed: (error: unknown) => void;

  /** `failed` learns of a probe that threw, before the error goes on to whoever caused the event. */
  constructor(probes: readonly Probe[], failed: (error: unknown) => void) {
    this.#probes = probes;
    this.#failed = failed;
  }

  #each(tell: (probe: Probe) => void): void {
    try {
      for (const probe of this.#probes) tell(probe);
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }

  begin(seed: string, now: number, timeUnit: string): void {
    const event = ++this.event;
    this.#each((probe) => probe.begin?.(event, seed, now, timeUnit));
  }

  name(id: number, parent: number, kind: string, segment: string): void {
    const event = ++this.event;
    this.#each((probe) => probe.name?.(event, this.within, id, parent, kind, segment));
  }

  time(now: number): void {
    const event = ++this.event;
    this.within = event;
    this.#each((probe) => probe.time?.(event, now));
  }

  timer(cause: number, when: number): void {
    const event = ++this.event;
    this.within = event;
    this.#each((probe) => probe.timer?.(event, cause, when));
  }

  step(cause: number, task: number): void {
    const event = ++this.event;
    this.within = event;
    this.#each((probe) => probe.step?.(event, cause, task));
  }

  callback(cause: number, task: number): void {
    const event = ++this.event;
    this.within = event;
    this.#each((probe) => probe.callback?.(event, cause, task));
  }

  wait(task: number, kind: string, object: number, until: number): void {
    const event = ++this.event;
    this.#each((probe) => probe.wait?.(event, this.within, task, kind, object, until));
  }

  arm(task: number, when: number): void {
    const event = ++this.event;
    this.#each((probe) => probe.arm?.(event, this.within, task, when));
  }

  operation(task: number, object: number, name: string, state: number): void {
    const event = ++this.event;
    this.#each((probe) => probe.operation?.(event, this.within, task, object, name, state));
  }

  settle(id: number, outcome: string): void {
    const event = ++this.event;
    this.#each((probe) => probe.settle?.(event, this.within, id, outcome));
  }

  cancel(by: number, task: number): void {
    const event = ++this.event;
    this.#each((probe) => probe.cancel?.(event, this.within, by, task));
  }

  choice(kind: string, count: number, picked: number): void {
    const event = ++this.event;
    this.#each((probe) => probe.choice?.(event, this.within, kind, count, picked));
  }

  draw(stream: string): void {
    const event = ++this.event;
    this.#each((probe) => probe.draw?.(event, this.within, stream));
  }

  external(cause: number, call: number, encoded: string): void {
    const event = ++this.event;
    this.#each((probe) => probe.external?.(event, cause, call, encoded));
  }

  end(reason: string): void {
    const event = ++this.event;
    this.#each((probe) => probe.end?.(event, reason));
  }
}
