import { UsageError } from "./errors.ts";

const suspensionBrand: unique symbol = Symbol.for("tickless.suspension") as never;

/**
 * What a generator body yields, through `yield*` alone: nobody can make one.
 *
 * @category Tasks
 */
export interface Suspension {
  /** Brand. */
  readonly [suspensionBrand]: true;
}

/** The one result that means "I wait". The wait has registered itself already. */
export const SUSPENDED: IteratorYieldResult<Suspension> = Object.freeze({
  done: false,
  value: Object.freeze<Suspension>({ [suspensionBrand]: true }),
});

/**
 * Something that can be awaited in an async function, `yield*`-ed in a generator function, or made
 * a task, and that begins only then. It is used once. `then` is for `await` alone: it returns
 * nothing; a native promise for chains is `toPromise()`.
 *
 * @category Tasks
 */
export interface Coroutine<T> {
  /** `await`. */
  then(resolve: (value: T) => void, reject: (error: unknown) => void): void;
  /** `yield*`. */
  [Symbol.iterator](): Iterator<Suspension, T, unknown>;
  /** A native promise of the result. It begins the coroutine, as `await` does. */
  toPromise(): Promise<T>;
}

/** Stands on the prototypes of coroutines and futures, whichever package made them. */
const coroutineBrand = Symbol.for("tickless.coroutine");

/** Makes `isCoroutine` hold for all instances of a class; `more` is a further mark. */
export function brandCoroutine(prototype: object, more?: symbol): void {
  Object.defineProperty(prototype, coroutineBrand, { value: true });
  if (more !== undefined) Object.defineProperty(prototype, more, { value: true });
}

/** Whether `value` is a coroutine or a future of Tickless. */
export function isCoroutine(value: unknown): value is Coroutine<unknown> {
  return typeof value === "object" && value !== null && coroutineBrand in value;
}

/** `then` called as one calls it on a promise. */
export function thenForAwait(label: string): UsageError {
  return new UsageError(
    "ERR_THEN_FOR_AWAIT",
    `${label}: \`then\` is for \`await\` alone and answers nothing. Write \`await\`, or make a native ` +
      "promise of it: `.toPromise().then(…)`.",
  );
}

/** A coroutine that is begun again. */
export function usedTwice(label: string): UsageError {
  return new UsageError(
    "ERR_COROUTINE_REUSED",
    `${label} was awaited a second time. A coroutine is used once: call it again, or keep a task of ` +
      "it, which can be awaited any number of times: `createTask(…)`.",
  );
}

/** `yield*` used where no loop drives the generator. */
export function notInFlow(label: string): UsageError {
  return new UsageError(
    "ERR_NOT_IN_A_TASK",
    `\`yield* ${label}\` works in a generator that a loop runs: the body of a task, or a function ` +
      "wrapped by `coroutine`. In an async function write `await`.",
  );
}
