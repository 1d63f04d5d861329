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
  readonly #byPath = new Map<string, number>();
  readonly #paths: string[] = [];
  readonly #parentOf: number[] = [];

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
    return id < 0 ? -1 : (this.#numbers[id] as number);
  }

  pathOf(number: number): string {
    return this.#paths[number] ?? "";
  }

  /** A probe has heard a name. Answers the number. */
  name(id: number, parentId: number, segment: string): number {
    const parent = this.numberOf(parentId);
    if (this.#parents[id] === parent && this.#segments[id] === segment) {
      return this.#numbers[id] as number;
    }
    const path = parent < 0 ? segment : `${this.#paths[parent]}/${segment}`;
    let number = this.#byPath.get(path);
    if (number === undefined) {
      number = this.#paths.length;
      this.#byPath.set(path, number);
      this.#paths.push(path);
      this.#parentOf.push(parent);
    }
    this.#numbers = widened(this.#numbers, id, 0);
    this.#parents = widened(this.#parents, id, -2);
    this.#numbers[id] = number;
    this.#parents[id] = parent;
    this.#segments[id] = segment;
    return number;
  }
}
