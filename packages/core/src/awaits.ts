import { currentScope, driver, inExternal, type Scope } from "./context.ts";
import { choosing, handOverIn } from "./hand-over.ts";
import type { Loop } from "./loop.ts";
import { isCoroutine } from "./suspension.ts";

/**
 * What code calls whose awaits were rewritten (rule S10.10): a hand-over after each. It finds this on
 * the driver, so that it needs no import: it may be of a package that does not know Tickless, be
 * loaded before it, and run without it.
 */

/** Ends as `value` does, one hand-over later. */
async function handedOver<T>(value: T, loop: Loop, scope: Scope | null): Promise<Awaited<T>> {
  try {
    return await value;
  } finally {
    await { then: (goesOn: () => void) => handOverIn(loop, scope, goesOn) };
  }
}

/**
 * The operand of an `await`, of a `yield` or `return` of an async generator: `value` itself, unless a
 * policy chooses; then a promise of it, which settles after a hand-over. What the engine itself makes
 * one wait for is a hand-over as it is.
 *
 * @category For extenders
 */
export function awaited<T>(value: T): T | Promise<Awaited<T>> {
  const { loop } = driver;
  if (loop === null || !loop.choosy || isCoroutine(value) || inExternal()) return value;
  // Whose code it is, is known now; where nothing follows awaits, not any more when `value` settles.
  return handedOver(value, loop, currentScope());
}

const asyncGenerator = Object.getPrototypeOf(async function* () {}.prototype) as AsyncGenerator;

/** What `for await` makes of what is iterable in plain steps. */
async function* inPlainSteps<T>(iterable: Iterable<T>): AsyncGenerator<Awaited<T>, unknown> {
  return yield* iterable as Iterable<Awaited<T>>;
}

type Step = (...values: unknown[]) => unknown;

interface Steps {
  readonly next: Step;
  readonly return?: Step | null;
  readonly throw?: Step | null;
}

/** The steps of an async iterator with a hand-over after each. It has the methods that `inner` has. */
class HandedOverSteps {
  readonly #inner: Steps;
  readonly #next: Step;
  readonly #inPlainSteps: boolean;

  constructor(inner: Steps, plain: boolean) {
    this.#inner = inner;
    this.#next = inner.next;
    this.#inPlainSteps = plain;
  }

  next(...values: unknown[]): unknown {
    return awaited(Reflect.apply(this.#next, this.#inner, values));
  }

  get return(): Step | undefined {
    const end = this.#inner.return;
    if (end === undefined || end === null) return undefined;
    // A generator awaits what it is to return before its `finally` blocks run.
    const waits = end === asyncGenerator.return && !this.#inPlainSteps;
    return (...values) =>
      awaited(Reflect.apply(end, this.#inner, waits ? [awaited(values[0])] : values));
  }

  get throw(): Step | undefined {
    const fail = this.#inner.throw;
    if (fail === undefined || fail === null) return undefined;
    return (...values) => awaited(Reflect.apply(fail, this.#inner, values));
  }
}

/**
 * What stands behind `of` in `for await`, and behind `yield*` in an async generator: `iterable` itself,
 * unless a policy chooses; then one with a hand-over after each of its steps.
 *
 * @category For extenders
 */
export function eachAwaited(iterable: unknown): unknown {
  if (!choosing() || iterable === null || iterable === undefined) return iterable;
  const source = iterable as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  const begin = source[Symbol.asyncIterator] as (() => Steps) | undefined | null;
  const plain = begin === undefined || begin === null;
  // The language refuses what has neither, in its own words.
  if (typeof (plain ? source[Symbol.iterator] : begin) !== "function") return iterable;
  const start = (): Steps =>
    plain
      ? (inPlainSteps(source as Iterable<unknown>) as unknown as Steps)
      : Reflect.apply(begin, iterable, []);
  return { [Symbol.asyncIterator]: () => new HandedOverSteps(start(), plain) };
}

/**
 * What an `await using` declaration has in front of each of its own: disposed of behind it, it is a
 * hand-over. null, for which the language does no more than for the other, unless a policy chooses.
 */
export function afterDisposal(): AsyncDisposable | null {
  if (!choosing()) return null;
  return { [Symbol.asyncDispose]: () => awaited(undefined) as Promise<undefined> };
}

/** What rewritten code finds on the driver. A newer version may have more, and changes none of it. */
export interface Awaits {
  readonly value: typeof awaited;
  readonly each: typeof eachAwaited;
  readonly disposal: typeof afterDisposal;
}

driver.awaits = { value: awaited, each: eachAwaited, disposal: afterDisposal };
