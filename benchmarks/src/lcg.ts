/**
 * The numbers of all workloads: a linear congruential generator modulo 2^32 (Numerical Recipes,
 * "An Even Quicker Generator"). Cheap, so that what is measured is the loop, and the same in every
 * language that is compared. The state is a 32-bit integer, which V8 keeps without allocating.
 */
class Lcg {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer in 1..100, from the high bits: the low ones of such a generator repeat. */
  upTo100(): number {
    this.#step();
    return 1 + ((this.#state >>> 16) % 100);
  }

  /** Exponentially distributed, with this mean. */
  exponential(mean: number): number {
    this.#step();
    return -Math.log(1 - (this.#state >>> 0) / 0x1_0000_0000) * mean;
  }

  #step(): void {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
  }
}

/** One draw after another. */
export type Draw = () => number;

const SEED = 12_345;

/** Delays of 1..100; a stream of the run, so that tasks draw in the order in which they run. */
export function integerDelays(): Draw {
  const lcg = new Lcg(SEED);
  return () => lcg.upTo100();
}

/** Exponential delays of about the same mean: hardly any two timers are equal. */
export function exponentialDelays(): Draw {
  const lcg = new Lcg(SEED);
  return () => lcg.exponential(50);
}

/** Times between arrivals at a rate of 0.9, and times of service at a rate of 1. */
export function queueDraws(): { readonly arrival: Draw; readonly service: Draw } {
  const arrivals = new Lcg(SEED);
  const services = new Lcg(SEED + 54_321);
  return {
    arrival: () => arrivals.exponential(1 / 0.9),
    service: () => services.exponential(1),
  };
}
