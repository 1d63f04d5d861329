import { getRunningLoop, type Loop } from "@tickless/core";
import { notePlaces, type Probe, whereIs } from "@tickless/core/kit";

/** Has the places noted at which the tasks of one run wait, and tells them. */
export class Places implements Probe {
  #loop: Loop | null = null;
  /** What each task waits for: a hand-over is no wait, and where it is nobody notes. */
  readonly #handsOver = new Map<string, boolean>();
  readonly #paths: string[] = [];

  step(): void {
    if (this.#loop !== null) return;
    this.#loop = getRunningLoop();
    notePlaces(this.#loop);
  }

  name(
    _event: number,
    _cause: number,
    id: number,
    parent: number,
    _kind: string,
    segment: string,
  ): void {
    const above = this.#paths[parent];
    this.#paths[id] = above === undefined ? segment : `${above}/${segment}`;
  }

  wait(_event: number, _cause: number, task: number, kind: string): void {
    this.#handsOver.set(this.#paths[task] ?? "", kind === "hand-over");
  }

  /** `at deposit (bank.ts:5:11)`; empty if it is not known. */
  of(task: string): string {
    if (this.#loop === null || this.#handsOver.get(task) !== false) return "";
    return whereIs(this.#loop, task)[0] ?? "";
  }
}
