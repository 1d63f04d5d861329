/** Grows a list of numbers so that it has place `index`; new places hold `fill`. */
function widened(
  numbers: Int32Array<ArrayBuffer>,
  index: number,
  fill: number,
): Int32Array<ArrayBuffer> {
  if (index < numbers.length) return numbers;
  const larger = new Int32Array(Math.max(index + 1, numbers.length * 2)).fill(fill);
  larger.set(numbers);
  return larger;
}

/** The number of callbacks of the loop, which belong to no task. */
export const CALLBACKS = 0;

/**
 * Gives tasks and objects numbers that mean the same, by its path, in every schedule of a campaign
 * (rule S11); their ids may differ from one schedule to the next. Nearly always the schedules of a
 * program introduce the same things in the same order, so each id is compared with what it was last.
 */
export class Cast {
  /** Number of each id of the present schedule. */
  #numbers = new Int32Array(16);
  /** What each id was last: the number of its parent, and its segment. */
  #parents = new Int32Array(16).fill(-2);
  readonly #segments: string[] = [];
  readonly #byPath = new Map<string, number>([["", CALLBACKS]]);
  readonly #paths: string[] = ["callbacks"];
  readonly #parentOf: number[] = [-1];
  /** The strands of each task beside its first. */
  readonly #strands: number[][] = [];

  /** How many there are. */
  get size(): number {
    return this.#paths.length;
  }

  /** The parent of each, by number; -1 at the root. */
  get parents(): readonly number[] {
    return this.#parentOf;
  }

  /** The number of what has this id in the present schedule. */
  numberOf(id: number): number {
    return id < 0 ? CALLBACKS : (this.#numbers[id] as number);
  }

  pathOf(number: number): string {
    return this.#paths[number] ?? "";
  }

  /** Path of the task that a strand is of. */
  taskPathOf(strand: number): string {
    const parent = this.#parentOf[strand] ?? -1;
    const isFirst = parent < 0 || this.#strands[parent]?.includes(strand) !== true;
    return this.pathOf(isFirst ? strand : parent);
  }

  /** Paths of all tasks of which several strands were ready at one time. */
  parted(): string[] {
    return this.#strands.flatMap((_, task) => [this.pathOf(task)]);
  }

  /** A probe has heard a name. Answers the number. */
  name(id: number, parentId: number, segment: string): number {
    const parent = parentId < 0 ? -1 : this.numberOf(parentId);
    if (this.#parents[id] === parent && this.#segments[id] === segment) {
      return this.#numbers[id] as number;
    }
    const number = this.#enter(parent < 0 ? segment : `${this.#paths[parent]}/${segment}`, parent);
    this.#numbers = widened(this.#numbers, id, 0);
    this.#parents = widened(this.#parents, id, -2);
    this.#numbers[id] = number;
    this.#parents[id] = parent;
    this.#segments[id] = segment;
    return number;
  }

  /** Strand `index` of a task, from 0. Strand 0 goes by the task's own number. */
  strand(task: number, index: number): number {
    if (index === 0) return task;
    const strands = (this.#strands[task] ??= []);
    return (strands[index - 1] ??= this.#enter(`${this.#paths[task]}&${index}`, task));
  }

  #enter(path: string, parent: number): number {
    let number = this.#byPath.get(path);
    if (number === undefined) {
      number = this.#paths.length;
      this.#byPath.set(path, number);
      this.#paths.push(path);
      this.#parentOf.push(parent);
    }
    return number;
  }
}
