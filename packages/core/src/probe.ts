/**
 * Who drives a loop: the function that was called, `loop` where the program made it with `new Loop()` or
 * `newEventLoop()` (or got it from `getEventLoop()`) and drives it by hand, `runner` that of a Runner.
 *
 * @category For extenders
 */
export type Drive = "run" | "runSync" | "simulate" | "simulateSync" | "loop" | "runner";

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
  /** The run begins; `now` is its start time, and `drive` says who drives it. */
  begin?(event: number, seed: string, now: number, timeUnit: string, drive: Drive): void;
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
  /**
   * A task begins to wait: for `object`, or until a time (NaN where there is none). `operation` tells
   * ways of waiting for one object apart (`get`, `put`, `join`); empty where there is one way.
   */
  wait?(
    event: number,
    cause: number,
    task: number,
    kind: string,
    object: number,
    until: number,
    operation: string,
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
  /**
   * A note: the program marks a point (`value` is null where it gives none). Notes are no events and
   * have no numbers; each belongs to event number `event`, the latest before it.
   */
  mark?(event: number, task: number, name: string, value: number | string | null): void;
  /** A note: the program logs a line. */
  log?(event: number, task: number, text: string): void;
  /** A note: the program tells what a quantity is from now on. */
  counter?(event: number, task: number, name: string, value: number): void;
}

/** The compiler refuses this list if a method of `Probe` is missing: it would not be told where there are two. */
const METHODS = Object.keys({
  begin: true,
  name: true,
  time: true,
  timer: true,
  step: true,
  callback: true,
  wait: true,
  arm: true,
  operation: true,
  settle: true,
  cancel: true,
  choice: true,
  draw: true,
  external: true,
  end: true,
  mark: true,
  log: true,
  counter: true,
} satisfies Record<keyof Probe, true>) as (keyof Probe)[];

/** Many probes as one, which has the methods that any of them has. */
function together(probes: readonly Probe[]): Probe {
  const calls = METHODS.flatMap((method) => {
    const those = probes.filter((probe) => probe[method] !== undefined);
    if (those.length === 0) return [];
    const call = (...values: unknown[]): void => {
      for (const probe of those) Reflect.apply(probe[method] as () => void, probe, values);
    };
    return [[method, call] as const];
  });
  return Object.fromEntries(calls);
}

/** The probes of one loop behind one object, which also numbers the events. */
export class Observer {
  /** Number of the latest event: the cause of whatever is made ready or armed now. */
  event = 0;
  /** Number of the step, callback or timer in progress: the cause of what happens inside it. */
  within = 0;
  #probe: Probe;
  readonly #failed: (error: unknown) => void;

  /** `failed` learns of a probe that threw, before the error goes on to whoever caused the event. */
  constructor(probes: readonly Probe[], failed: (error: unknown) => void) {
    const [first, ...others] = probes;
    this.#probe = first !== undefined && others.length === 0 ? first : together(probes);
    this.#failed = failed;
  }

  /** From now on `around` calls the probes. */
  surround(around: (call: () => void) => void): void {
    const probe = this.#probe;
    const calls = METHODS.filter((method) => probe[method] !== undefined).map((method) => {
      const told = (...values: unknown[]): void =>
        around(() => Reflect.apply(probe[method] as () => void, probe, values));
      return [method, told] as const;
    });
    this.#probe = Object.fromEntries(calls);
  }

  begin(seed: string, now: number, timeUnit: string, drive: Drive): void {
    const event = ++this.event;
    try {
      this.#probe.begin?.(event, seed, now, timeUnit, drive);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  name(id: number, parent: number, kind: string, segment: string): void {
    const event = ++this.event;
    try {
      this.#probe.name?.(event, this.within, id, parent, kind, segment);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  time(now: number): void {
    const event = ++this.event;
    this.within = event;
    try {
      this.#probe.time?.(event, now);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  timer(cause: number, when: number): void {
    const event = ++this.event;
    this.within = event;
    try {
      this.#probe.timer?.(event, cause, when);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  step(cause: number, task: number): void {
    const event = ++this.event;
    this.within = event;
    try {
      this.#probe.step?.(event, cause, task);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  callback(cause: number, task: number): void {
    const event = ++this.event;
    this.within = event;
    try {
      this.#probe.callback?.(event, cause, task);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  wait(task: number, kind: string, object: number, until: number, operation: string): void {
    const event = ++this.event;
    try {
      this.#probe.wait?.(event, this.within, task, kind, object, until, operation);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  mark(task: number, name: string, value: number | string | null): void {
    try {
      this.#probe.mark?.(this.event, task, name, value);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  log(task: number, text: string): void {
    try {
      this.#probe.log?.(this.event, task, text);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  counter(task: number, name: string, value: number): void {
    try {
      this.#probe.counter?.(this.event, task, name, value);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  arm(task: number, when: number): void {
    const event = ++this.event;
    try {
      this.#probe.arm?.(event, this.within, task, when);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  operation(task: number, object: number, name: string, state: number): void {
    const event = ++this.event;
    try {
      this.#probe.operation?.(event, this.within, task, object, name, state);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  settle(id: number, outcome: string): void {
    const event = ++this.event;
    try {
      this.#probe.settle?.(event, this.within, id, outcome);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  cancel(by: number, task: number): void {
    const event = ++this.event;
    try {
      this.#probe.cancel?.(event, this.within, by, task);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  choice(kind: string, count: number, picked: number): void {
    const event = ++this.event;
    try {
      this.#probe.choice?.(event, this.within, kind, count, picked);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  draw(stream: string): void {
    const event = ++this.event;
    try {
      this.#probe.draw?.(event, this.within, stream);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  external(cause: number, call: number, encoded: string): void {
    const event = ++this.event;
    try {
      this.#probe.external?.(event, cause, call, encoded);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  end(reason: string): void {
    const event = ++this.event;
    try {
      this.#probe.end?.(event, reason);
    } catch (error) {
      throw this.#stopped(error);
    }
  }

  #stopped(error: unknown): unknown {
    this.#failed(error);
    return error;
  }
}
