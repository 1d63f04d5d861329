import type { ResourceOptions } from "@tickless/core/kit";
import { Semaphore } from "./semaphore.ts";

/**
 * A semaphore that refuses more releases than acquires (asyncio.BoundedSemaphore): a mistake in the
 * bookkeeping is found where it is made.
 *
 * @category Sync
 */
export class BoundedSemaphore extends Semaphore {
  readonly #bound: number;

  /**
   * @param value how many permits there are, an integer ≥ 0
   * @throws RangeError if `value` is negative or no integer
   */
  constructor(value = 1, options: ResourceOptions = {}) {
    super(value, options);
    this.#bound = value;
  }

  /**
   * Gives a permit back and wakes the first who waits.
   *
   * @throws RangeError if all permits are there already
   */
  override release(): void {
    this.use();
    if (this.free >= this.#bound) {
      const permits = this.#bound === 1 ? "its permit" : `all its ${this.#bound} permits`;
      throw Object.assign(
        new RangeError(
          `Semaphore \`${this.path}\` has ${permits}, so none can be released. Release once for each ` +
            "acquire: `semaphore.withPermit(fn)` does.",
        ),
        { code: "ERR_OUT_OF_RANGE" },
      );
    }
    super.release();
  }
}
