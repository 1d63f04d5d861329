import { type Activation, ARMED, type ReadyQueue, UNARMED } from "./activation.ts";
import { currentScope, driver, type Scope } from "./context.ts";
import type { Loop } from "./loop.ts";
import { inStepOf, uncaughtIn } from "./surroundings.ts";

/**
 * What an alarm is for.
 *
 * @category For extenders
 */
export interface Alarmed {
  /** Id, as probes know it: what a policy is told that it chooses among. */
  readonly id: number;
  /** Its name in reports of debug mode. */
  readonly label: string;
  /** Its time has come. What it throws fails the run. */
  ring(): void;
}

/** Whose code the running code is, for an alarm that is to ring as that. */
export function alarmOrigin(): Scope | null {
  return currentScope() ?? driver.origin;
}

/**
 * One firing of a timer that is no task's wait: `setTimeout` of the host, and what is made of it. It
 * rings in a step of its own, as code of the task that has armed it, so an async function that it calls
 * may wait; when that task is done, as a callback. Unlike the handle of a callback it is known by name,
 * a policy can tell it from others, and it need not keep the run going.
 *
 * @category For extenders
 */
export class Alarm implements Activation {
  // An activation in all but inheritance, as `Wait` is: V8 does not inline the constructor of a derived class.
  /** Number of the event that armed it; 0 while no probe is present. */
  cause = 0;
  /** @internal */
  timer: number = UNARMED;
  readonly #loop: Loop;
  readonly #owner: Alarmed;
  readonly #scope: Scope | null;
  #background: boolean;
  #dropped = false;

  /**
   * Arms it in the running loop, for time `when`.
   *
   * @param scope whose code it is; default: that of the running code
   * @param background it alone does not keep the run going: where nothing else is left, the run ends
   */
  constructor(
    loop: Loop,
    owner: Alarmed,
    when: number,
    scope: Scope | null = alarmOrigin(),
    background: boolean = false,
  ) {
    if (driver.loop !== loop) loop.checkInside(owner.label);
    this.#loop = loop;
    this.#owner = owner;
    this.#scope = scope;
    this.#background = background;
    loop.debugMode?.scheduled(this);
    loop.observer?.arm(loop.currentTaskId(), when);
    if (background) loop.agenda.background++;
    loop.arm(when, this);
  }

  /** Whose code it rings as. */
  get scope(): Scope | null {
    return this.#scope;
  }

  /** @internal Its name in messages, if it rang in the last step of `loop`; else null. */
  lastOf(loop: object): string | null {
    return this.#loop === loop && driver.rungAt === this.#loop.steps - 1 ? this.#owner.label : null;
  }

  /** It will not ring. */
  disarm(): void {
    if (this.#dropped) return;
    if (driver.loop !== this.#loop) this.#loop.checkInside(this.#owner.label);
    this.#dropped = true;
    this.#leaveAgenda();
    this.#loop.disarm(this);
  }

  /** It rings in the next pass, if its time has not come already. Also from outside the loop's steps, as `Task.cancel`. */
  hasten(): void {
    if (this.#dropped || this.timer !== ARMED) return;
    this.#leaveAgenda();
    this.#background = false;
    this.#loop.disarm(this);
    this.#loop.schedule(this);
  }

  /** Whether it alone does not keep the run going. */
  get background(): boolean {
    return this.#background;
  }

  /** Changes it, also while it is armed. */
  set background(background: boolean) {
    if (background === this.#background) return;
    this.#background = background;
    if (this.timer === ARMED) this.#loop.agenda.background += background ? 1 : -1;
  }

  /** @internal */
  get dropped(): boolean {
    return this.#dropped;
  }

  /** @internal */
  get quiet(): boolean {
    return false;
  }

  /** @internal */
  get taskId(): number {
    return this.#owner.id;
  }

  /** @internal */
  ripen(ready: ReadyQueue): void {
    if (this.#background) this.#loop.agenda.background--;
    ready.enqueue(this);
  }

  /** @internal */
  activate(): boolean {
    if (this.#dropped) return false;
    const loop = this.#loop;
    loop.observer?.callback(this.cause, this.#scope?.task.id ?? -1);
    loop.debugMode?.called(this, this.#owner.label);
    driver.rung = this;
    driver.rungAt = loop.steps;
    try {
      inStepOf(loop, this.#scope, () => this.#owner.ring());
    } catch (error) {
      uncaughtIn(loop, this.#owner.label, error);
    }
    return true;
  }

  #leaveAgenda(): void {
    if (this.timer === ARMED && this.#background) this.#loop.agenda.background--;
  }
}
