import { type Alarmed, Resource } from "@tickless/core/kit";

type Inspect = (value: unknown, options: object) => string;

/**
 * Lets Node's console show timers of class `name` by what they are, as it shows its own: `facts` tells it. No property
 * of theirs can be seen otherwise, and none is added that a program could list.
 */
export function inspectTimer<T extends object>(
  timers: { readonly prototype: T },
  name: string,
  facts: (timer: T) => object,
): void {
  const value = function (this: T, depth: number, options: object, inspect: Inspect): string {
    return depth < 0 ? `[${name}]` : `${name} ${inspect(facts(this), options)}`;
  };
  Object.defineProperty(timers.prototype, Symbol.for("nodejs.util.inspect.custom"), { value });
}

/** A timer as reports, traces and policies know it (rule S11): `setTimeout main/setTimeout-1`. */
export class TimerName extends Resource implements Alarmed {
  readonly ring: () => void;

  /**
   * @param kind what was called to make it
   * @param ring what its alarm does
   */
  constructor(kind: string, ring: () => void) {
    super(kind, {});
    this.ring = ring;
  }

  get label(): string {
    return this.toString();
  }

  /** Tells the probes what is done to it: `fire`, `clear`. `state`: 1 if it is armed afterwards. */
  tell(operation: string, state: number): void {
    this.report(operation, state);
  }
}
