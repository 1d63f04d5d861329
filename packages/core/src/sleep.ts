import type { ReadyQueue } from "./activation.ts";
import { checkTime } from "./errors.ts";
import { type Coroutine, Operation, type WaitSubject } from "./wait.ts";

const NEW = 0;
const ARMED = 1;
/** Its timer is due and stands in the ready queue: the task goes on one pass later, as in asyncio. */
const FIRING = 2;
const OVER = 3;

class Sleep<T> extends Operation<T> {
  readonly #delay: number;
  readonly #result: T;
  #phase: number = NEW;

  constructor(delay: number, result: T) {
    super();
    this.#delay = delay;
    this.#result = result;
  }

  protected attempt(): boolean {
    if (this.#phase === OVER) {
      this.value = this.#result;
      return true;
    }
    if (this.#delay <= 0) {
      this.#phase = OVER;
      this.scheduleSelf();
    } else {
      const { loop } = this.task;
      this.#phase = ARMED;
      loop.arm(loop.now + this.#delay, this);
    }
    return false;
  }

  protected withdraw(): void {
    if (this.#phase === ARMED) this.task.loop.disarm(this);
  }

  override ripen(ready: ReadyQueue): void {
    this.#phase = FIRING;
    if (ready.choosy) this.activate();
    else ready.enqueue(this);
  }

  override activate(): boolean {
    if (this.#phase !== FIRING) return super.activate();
    // A cancellation that came first stands further back in the ready queue; `wake` refuses then.
    this.#phase = OVER;
    const { loop } = this.task;
    if (this.waiting) loop.observer?.timer(this.cause, loop.now);
    this.wake();
    return false;
  }

  get label(): string {
    return `sleep(${this.#delay})`;
  }

  get subject(): WaitSubject {
    return { kind: "sleep", id: -1, until: this.since + Math.max(0, this.#delay) };
  }
}

/**
 * Waits for `delay` time units; 0 or less lets everything else that is ready have its turn first.
 *
 * @returns `result`
 * @throws TypeError, RangeError if `delay` is not a finite number
 */
export function sleep(delay: number): Coroutine<void>;
export function sleep<T>(delay: number, result: T): Coroutine<T>;
export function sleep<T>(delay: number, result?: T): Coroutine<T | undefined> {
  return new Sleep(checkTime("delay", delay), result);
}
