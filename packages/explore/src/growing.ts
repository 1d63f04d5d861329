/** A value for each task, by the task's number. Clearing it is cheap. */
export class Growing {
  #values = new Float64Array(16);
  #rounds = new Int32Array(16);
  #round = 1;

  /** Forgets all values. */
  clear(): void {
    this.#round++;
  }

  has(task: number): boolean {
    return this.#rounds[task] === this.#round;
  }

  /** The value of `task`; where it has none yet, the one that `first` gives. */
  get(task: number, first: (task: number) => number): number {
    if (!this.has(task)) this.set(task, first(task));
    return this.#values[task] as number;
  }

  set(task: number, value: number): void {
    if (task >= this.#values.length) this.#grow(task);
    this.#values[task] = value;
    this.#rounds[task] = this.#round;
  }

  /** Forgets the value of one task. */
  delete(task: number): void {
    if (this.has(task)) this.#rounds[task] = 0;
  }

  #grow(task: number): void {
    const values = new Float64Array(2 * task);
    values.set(this.#values);
    this.#values = values;
    const rounds = new Int32Array(2 * task);
    rounds.set(this.#rounds);
    this.#rounds = rounds;
  }
}
