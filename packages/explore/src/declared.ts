import { Resource, type ResourceOptions } from "@tickless/core/kit";

/**
 * A plain value that tasks share, declared so that the engine sees who reads and writes it: for
 * `reduce: "declared"`, for reports, and in traces. Reading and writing are no hand-overs.
 *
 * @category Exploring
 */
export class Shared<T> extends Resource {
  #value: T;

  /** @internal Programs write `shared(name, value)`. */
  constructor(value: T, options: ResourceOptions) {
    super("shared", options);
    this.#value = value;
  }

  /** The value. */
  get value(): T {
    this.use();
    this.report("read", stateOf(this.#value));
    return this.#value;
  }

  /** Changes it. */
  set value(value: T) {
    this.use();
    this.report("write", stateOf(value));
    this.#value = value;
  }
}

/** What probes are told of a value: the number that it is, else 0. */
function stateOf(value: unknown): number {
  return typeof value === "number" ? value : Number(value === true);
}

/**
 * Declares a value that tasks share.
 *
 * ```ts fragment
 * const balance = shared("balance", 0);
 * balance.value += 1; // a read and a write
 * ```
 *
 * @throws RangeError if `name` is no name
 * @category Exploring
 */
export function shared<T>(name: string, value: T): Shared<T> {
  return new Shared(value, { name });
}
