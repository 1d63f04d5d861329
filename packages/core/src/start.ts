import { type Activation, type ReadyQueue, UNARMED } from "./activation.ts";
import type { Body } from "./coroutine.ts";
import type { Steps } from "./flow.ts";
import type { Task } from "./task.ts";

/**
 * The first step of a task. It keeps the body, so that the task need not. An activation in all but
 * inheritance: V8 does not inline the constructor of a derived class.
 */
export class Start implements Activation {
  cause = 0;
  timer: number = UNARMED;
  readonly #task: Task<unknown>;
  readonly #body: Body<unknown> | Steps;

  constructor(task: Task<unknown>, body: Body<unknown> | Steps) {
    this.#task = task;
    this.#body = body;
  }

  get taskId(): number {
    return this.#task.id;
  }

  get dropped(): boolean {
    return false;
  }

  get quiet(): boolean {
    return false;
  }

  ripen(ready: ReadyQueue): void {
    ready.enqueue(this);
  }

  activate(): boolean {
    this.#task.start(this.cause, this.#body);
    return true;
  }
}
