import type { Kernel } from "./kernel.ts";
import type { Policy } from "./policy.ts";

/**
 * How late timers may be.
 *
 * @category Time
 */
export interface Jitter {
  /** The latest, in time units: a number > 0. */
  readonly upTo: number;
  /** In how many equal parts of it: an integer ≥ 1. Default: 4. */
  readonly steps?: number | undefined;
}

/** Makes timers late as the policy chooses (rule S10.16). */
export class Lateness {
  readonly #loop: Kernel;
  readonly #policy: Policy;
  readonly #upTo: number;
  readonly #steps: number;

  constructor(loop: Kernel, policy: Policy, { upTo, steps }: Required<Jitter>) {
    this.#loop = loop;
    this.#policy = policy;
    this.#upTo = upTo;
    this.#steps = steps as number;
  }

  /** When a timer for time `when` really comes. What is due already is not late. */
  late(when: number): number {
    const loop = this.#loop;
    if (when <= loop.now) return when;
    const count = this.#steps + 1;
    let picked = 0;
    try {
      picked = loop.ask(this.#policy, "jitter", count, () => -1);
    } catch (error) {
      // It must not come out where the program arms the timer: a wait would be left half begun.
      loop.fail(error);
      return when;
    }
    loop.observer?.choice("jitter", count, picked);
    // All parts are exactly `upTo`, and no time is beyond what numbers have.
    return Math.min(when + (picked / this.#steps) * this.#upTo, Number.MAX_VALUE);
  }
}
