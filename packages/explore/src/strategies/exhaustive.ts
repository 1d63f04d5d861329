import type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "../strategy.ts";

/**
 * Depth-first search: each schedule follows the one before up to the last choice that has an option
 * left, and takes the next option there. With a bound on switches (Musuvathi, Qadeer, "Iterative Context
 * Bounding for Systematic Testing of Multithreaded Programs", PLDI 2007), options beyond it are left out.
 */
class Exhaustive implements Search, SchedulePolicy {
  /** Options of each choice of the present schedule, those that may be taken first. */
  #options: number[][] = [];
  /** Which of them is taken. */
  readonly #taken: number[] = [];
  #at = 0;
  #done = false;
  readonly #bound: number;
  #switches = 0;
  #running = -1;

  constructor({ bound }: StrategySetup) {
    this.#bound = bound ?? Infinity;
  }

  next(): SchedulePolicy | null {
    this.#at = 0;
    this.#switches = 0;
    this.#running = -1;
    return this.#done ? null : this;
  }

  choose(kind: string, count: number, task: (index: number) => number): number {
    const at = this.#at++;
    if (at === this.#options.length) {
      this.#options.push(this.#allowed(kind, count, task));
      this.#taken.push(0);
    }
    const picked = (this.#options[at] as number[])[this.#taken[at] as number] as number;
    if (kind === "ready" && this.#switchTo(picked, count, task)) this.#switches++;
    return picked;
  }

  stepped(task: number): void {
    this.#running = task;
  }

  finished(_run: ScheduleRun): void {
    const options = this.#options;
    options.length = this.#at;
    this.#taken.length = this.#at;
    for (let last = options.length - 1; last >= 0; last--) {
      const next = (this.#taken[last] as number) + 1;
      if (next < (options[last] as number[]).length) {
        this.#taken[last] = next;
        return;
      }
      options.pop();
      this.#taken.pop();
    }
    this.#done = true;
  }

  #allowed(kind: string, count: number, task: (index: number) => number): number[] {
    const options = Array.from({ length: count }, (_, i) => i);
    if (kind !== "ready" || this.#switches < this.#bound) return options;
    return options.filter((option) => !this.#switchTo(option, count, task));
  }

  /** Whether `option` is another task although the one that ran last is ready. */
  #switchTo(option: number, count: number, task: (index: number) => number): boolean {
    if (this.#running < 0 || task(option) === this.#running) return false;
    for (let i = 0; i < count; i++) if (task(i) === this.#running) return true;
    return false;
  }
}

/** Every schedule once. */
export const exhaustive: Strategy = {
  name: "exhaustive",
  summary:
    "every schedule, depth first; `bound`: with at most so many switches; for small programs",
  sequential: true,
  begin: (setup) => new Exhaustive(setup),
};
