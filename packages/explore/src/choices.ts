import type { ChoiceKind } from "@tickless/core/kit";

/**
 * One choice of a schedule: option `picked` of `count`.
 *
 * @category Exploring
 */
export interface Choice {
  /** What was chosen. */
  readonly kind: ChoiceKind;
  /** How many options there were. */
  readonly count: number;
  /** Which was taken. */
  readonly picked: number;
}

const KINDS: readonly ChoiceKind[] = ["ready", "external", "choose", "jitter"];

/**
 * The choices of one schedule, in three numbers each: all that is kept of a schedule while it runs.
 *
 * @category Exploring
 */
export class Choices implements Iterable<Choice> {
  #numbers = new Int32Array(96);
  #length = 0;

  /** How many they are. */
  get length(): number {
    return this.#length;
  }

  /** Appends one. */
  add(kind: ChoiceKind, count: number, picked: number): void {
    const at = this.#length * 3;
    if (at === this.#numbers.length) {
      const larger = new Int32Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = kind === "ready" ? 0 : KINDS.indexOf(kind);
    this.#numbers[at + 1] = count;
    this.#numbers[at + 2] = picked;
    this.#length++;
  }

  /** Forgets all. */
  clear(): void {
    this.#length = 0;
  }

  /** How many options choice `index` had. */
  count(index: number): number {
    return this.#numbers[index * 3 + 1] as number;
  }

  /** Which option choice `index` took. */
  picked(index: number): number {
    return this.#numbers[index * 3 + 2] as number;
  }

  /** One after the other, in the order in which they were taken. */
  *[Symbol.iterator](): Generator<Choice, void> {
    for (let i = 0; i < this.#length; i++) {
      const kind = KINDS[this.#numbers[i * 3] as number] as ChoiceKind;
      yield { kind, count: this.count(i), picked: this.picked(i) };
    }
  }
}
