import type { Coroutine } from "@tickless/core";

/** What `for await` asks for the items of a queue, one by one. `next` is a wait of the task that asks. */
export class Items<T> implements AsyncIterableIterator<T, undefined> {
  readonly #next: () => Coroutine<IteratorResult<T, undefined>>;
  #over = false;

  constructor(next: () => Coroutine<IteratorResult<T, undefined>>) {
    this.#next = next;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    return this.#over ? this.return() : this.#next().toPromise();
  }

  /** Left by `break`: no item has been taken that the loop has not seen. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#over = true;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
