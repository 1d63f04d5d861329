import type { Coroutine, FlowOf } from "@tickless/core";

/** A program written once, to run with both kinds of bodies (S5): `const item = yield* wait(queue.get())`. */
export type Script<T> = Generator<Coroutine<unknown>, T, unknown>;

/** One wait in a script. */
export function* wait<T>(coroutine: Coroutine<T>): Script<T> {
  return (yield coroutine) as T;
}

/** A kind of body that a script can be made into. */
export interface Kind {
  readonly kind: "async" | "generator";
  /**
   * The script as a body: a function for `run`, `createTask`, `timeout`, `withLock` …
   * `onResume` is called when a wait has ended, before the script goes on. The type is that of a
   * generator function for both kinds, so that results are inferred in one way.
   */
  readonly of: <T>(script: () => Script<T>, onResume?: () => void) => () => FlowOf<T>;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

function goOn<T>(script: Script<T>, outcome: Outcome): IteratorResult<Coroutine<unknown>, T> {
  return "error" in outcome ? script.throw(outcome.error) : script.next(outcome.value);
}

async function runAsync<T>(script: Script<T>, onResume: () => void): Promise<T> {
  let result = script.next();
  while (result.done !== true) {
    let outcome: Outcome;
    try {
      outcome = { value: await result.value };
    } catch (error) {
      outcome = { error };
    }
    onResume();
    result = goOn(script, outcome);
  }
  return result.value;
}

function* runFlow<T>(script: Script<T>, onResume: () => void): FlowOf<T> {
  let result = script.next();
  while (result.done !== true) {
    let outcome: Outcome;
    try {
      outcome = { value: yield* result.value };
    } catch (error) {
      outcome = { error };
    }
    onResume();
    result = goOn(script, outcome);
  }
  return result.value;
}

const nothing = (): void => undefined;

export const asyncBodies: Kind = {
  kind: "async",
  of:
    <T>(script: () => Script<T>, onResume = nothing) =>
    () =>
      runAsync(script(), onResume) as unknown as FlowOf<T>,
};

export const generatorBodies: Kind = {
  kind: "generator",
  of:
    (script, onResume = nothing) =>
    () =>
      runFlow(script(), onResume),
};

export const kinds: readonly Kind[] = [asyncBodies, generatorBodies];
