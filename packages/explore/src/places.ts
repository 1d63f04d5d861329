import { getRunningLoop, type Loop } from "@tickless/core";
import { notePlaces, type Probe, whereIs } from "@tickless/core/kit";

/** Has the places noted at which the tasks of one run wait, and tells them. */
export class Places implements Probe {
  #loop: Loop | null = null;

  step(): void {
    if (this.#loop !== null) return;
    this.#loop = getRunningLoop();
    notePlaces(this.#loop);
  }

  /** `at deposit (bank.ts:5:11)`; empty if it is not known. */
  of(task: string): string {
    return this.#loop === null ? "" : (whereIs(this.#loop, task)[0] ?? "");
  }
}
