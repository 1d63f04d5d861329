import type { AnyFunction, Holder } from "./host.ts";

/** Calls what outside code finds, with its `this` and its arguments. */
export type Real = (self: unknown, values: readonly unknown[]) => unknown;

/** What stands somewhere for good: functions and getters that ask on each call whose code it is. */
const staying = new WeakSet<object>();

/** Whether function `what` is such a one. */
export function isStaying(what: unknown): boolean {
  return typeof what === "function" && staying.has(what);
}

function whatOf(found: PropertyDescriptor | undefined): unknown {
  return found !== undefined && "get" in found ? Reflect.get(found, "get") : found?.value;
}

function stays(found: PropertyDescriptor | undefined): boolean {
  return isStaying(whatOf(found));
}

function same(one: PropertyDescriptor | undefined, other: PropertyDescriptor | undefined): boolean {
  return whatOf(one) === whatOf(other);
}

/**
 * A property of the host that has another value while code of a loop runs.
 *
 * What stands there is the same for all loops and for outside code that runs in a step: it asks who is
 * calling (`here`). So a program may keep it, and call it in another run or outside of any.
 */
export class Exchange {
  readonly #holder: Holder;
  readonly #key: PropertyKey;
  readonly #ours: PropertyDescriptor;
  /** What stood there before; null while ours does not stand there. */
  #before: { readonly own: PropertyDescriptor | undefined } | null = null;
  /** The value before, as it was last seen. */
  #last: unknown;

  /** `make` gets what tells the value that outside code finds, and answers what run code finds. */
  constructor(
    holder: Holder,
    key: PropertyKey,
    make: (real: () => unknown, now: unknown) => Pick<PropertyDescriptor, "value" | "get">,
  ) {
    const own = Reflect.getOwnPropertyDescriptor(holder, key);
    this.#holder = holder;
    this.#key = key;
    this.#last = holder[key];
    const ours = make(() => this.#real, this.#last);
    this.#ours = {
      ...ours,
      ...("value" in ours && { writable: true }),
      enumerable: own?.enumerable ?? true,
      configurable: true,
    };
  }

  /** What run code finds. */
  get ours(): unknown {
    return this.#ours.value;
  }

  /**
   * Puts ours there, or `kept`: what `leave` has found in its place. Answers whether that is a change; it is
   * none where one of its kind stands there for good.
   */
  enter(kept: PropertyDescriptor | undefined): boolean {
    const own = Reflect.getOwnPropertyDescriptor(this.#holder, this.#key);
    this.#before = { own };
    if (kept === undefined && stays(own)) return false;
    // False where the host does not let it be changed: then run code goes without.
    Reflect.defineProperty(this.#holder, this.#key, kept ?? this.#ours);
    return true;
  }

  /** Puts back what stood there. Answers what the program has put in the place of ours, if it has. */
  leave(): PropertyDescriptor | undefined {
    const found = Reflect.getOwnPropertyDescriptor(this.#holder, this.#key);
    const own = this.#before?.own;
    this.#last = this.#real;
    this.#before = null;
    if (stays(own) && same(found, own)) return undefined;
    if (own === undefined) Reflect.deleteProperty(this.#holder, this.#key);
    else Reflect.defineProperty(this.#holder, this.#key, own);
    return this.#isOurs(found) ? undefined : found;
  }

  /** Puts ours there for good. Outside code that calls it gets what stood there. */
  stay(): void {
    const what = whatOf(this.#ours);
    if (typeof what === "function") staying.add(what);
    this.enter(undefined);
  }

  /** Takes away what was to stay, unless something else stands there by now. */
  withdraw(): void {
    if (this.#isOurs(Reflect.getOwnPropertyDescriptor(this.#holder, this.#key))) this.leave();
  }

  #isOurs(found: PropertyDescriptor | undefined): boolean {
    const ours = this.#ours;
    return "value" in ours ? found?.value === ours.value : found?.get === ours.get;
  }

  get #real(): unknown {
    const holder = this.#holder;
    if (this.#before === null) {
      const found = Reflect.getOwnPropertyDescriptor(holder, this.#key);
      return this.#isOurs(found) ? this.#last : holder[this.#key];
    }
    const { own } = this.#before;
    if (own === undefined) {
      return Reflect.get(Reflect.getPrototypeOf(holder) ?? {}, this.#key, holder);
    }
    return "value" in own ? own.value : own.get?.call(holder);
  }
}

/**
 * Gives function `ours` all that function `theirs` has of its own and it has not: name, length, and such as
 * what makes `util.promisify(setTimeout)` another function.
 */
function likewise(ours: AnyFunction, theirs: unknown): AnyFunction {
  const own = Object.getOwnPropertyDescriptors<PropertyDescriptorMap>(
    theirs as PropertyDescriptorMap,
  );
  for (const key of Reflect.ownKeys(own)) {
    if (key === "prototype") continue;
    // False for what every function has and nobody can change.
    Reflect.defineProperty(ours, key, { ...own[key as string], configurable: true });
  }
  return ours;
}

/**
 * The exchange of function `key` of `holder`, if there is one: `make` gets a way to call what stands there
 * for outside code, with its `this` and its arguments, and answers what stands there for the run.
 */
export function exchanged(
  holder: Holder | undefined,
  key: PropertyKey,
  make: (real: Real) => AnyFunction,
): Exchange[] {
  if (typeof holder?.[key] !== "function") return [];
  const exchange = new Exchange(holder, key, (real, now) => {
    const call: Real = (self, values) =>
      Reflect.apply(real() as AnyFunction, self, values as never[]);
    return { value: likewise(make(call), now) };
  });
  return [exchange];
}
