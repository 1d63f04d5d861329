/** What an activation needs of the loop when its time has come. */
export interface ReadyQueue {
  /** Virtual time. */
  readonly now: number;
  /** True while a wait whose timer is due goes on without a trip through the ready queue. */
  readonly fires: boolean;
  enqueue(activation: Activation): void;
}

// The life of a timer.
export const UNARMED = 0;
/** It stands in the agenda. */
export const ARMED = 1;
/** It stands in the agenda still, and never fires and never moves the clock. */
const DISARMED = 2;
/** It is due and its activation stands in the ready queue: a wait goes on a pass later, as in asyncio. */
const FIRING = 3;
/** It is no timer itself but stands in the agenda for many with one deadline. */
const BUCKET = 4;
/** All of them, for copies: see `driver` in wait.ts. */
export const TIMER: Readonly<
  Record<"UNARMED" | "ARMED" | "DISARMED" | "FIRING" | "BUCKET", number>
> = { UNARMED, ARMED, DISARMED, FIRING, BUCKET };

/**
 * What stands in the agenda and in the ready queue: a piece of the program that runs later.
 * A sleeping task, a queue's getter and a callback are each one such object and nothing more,
 * which is why a wait costs one allocation.
 */
export abstract class Activation {
  /** Number of the event that made this ready or armed it; 0 while no probe is present. */
  cause = 0;
  /** @internal The life of its timer, if it has one. */
  timer: number = UNARMED;

  /** @internal Runs it. Answers whether code of the user may have run, so that the step must be drained. */
  abstract activate(): boolean;

  /** @internal In the ready queue, and will do nothing: it is no option and no step. */
  get dropped(): boolean {
    return false;
  }

  /** @internal Whether it is the engine's own, and no step of the program. */
  get quiet(): boolean {
    return false;
  }

  /** @internal Id of the task that goes on when this is activated, or -1: what a policy is told. */
  get taskId(): number {
    return -1;
  }

  /** @internal Its time has come: it leaves the agenda for the ready queue. */
  ripen(ready: ReadyQueue): void {
    ready.enqueue(this);
  }
}

/** The engine's own: it runs no code of the user, is no step, and no option of a policy. */
export abstract class Bookkeeping extends Activation {
  override get quiet(): boolean {
    return true;
  }

  activate(): boolean {
    this.settle();
    return false;
  }

  /** What is to be done. */
  abstract settle(): void;
}
