/** What a step has touched: a declared object by its number, a random stream by its name. */
export type Thing = number | string;

/** What one step has done to declared things. Two steps commute if neither has changed what the other touches. */
export class Footprint {
  /** Of each thing that was touched, whether it was changed. */
  readonly #things = new Map<Thing, boolean>();
  /** It may have touched anything: nobody can tell. */
  #unknown = false;

  /** The step of which nothing is known. */
  static readonly unknown: Footprint = new Footprint().touchAnything();

  read(thing: Thing): void {
    if (!this.#things.has(thing)) this.#things.set(thing, false);
  }

  change(thing: Thing): void {
    this.#things.set(thing, true);
  }

  touchAnything(): this {
    this.#unknown = true;
    return this;
  }

  /** What both have touched and one of them has changed. */
  common(other: Footprint): Thing[] {
    return [...this.#things].flatMap(([thing, changed]) => {
      const there = other.#things.get(thing);
      return there !== undefined && (changed || there) ? [thing] : [];
    });
  }

  /** Whether the order of the two may matter. */
  dependsOn(other: Footprint): boolean {
    if (this.#unknown || other.#unknown) return true;
    const [small, large] =
      this.#things.size <= other.#things.size
        ? [this.#things, other.#things]
        : [other.#things, this.#things];
    for (const [thing, changed] of small) {
      const there = large.get(thing);
      if (there !== undefined && (changed || there)) return true;
    }
    return false;
  }
}
