import { test, type TestContext, type TestOptions } from "vitest";
import { checkSimOptions, type Settings, type SimTestOptions } from "./options.ts";
import { type Property, property } from "./property.ts";
import { Trial } from "./trial.ts";

declare module "vitest" {
  interface TaskMeta {
    /** The test was made by `simTest`. */
    tickless?: boolean;
  }
}

/**
 * The body of a `simTest`: an async, generator or plain function, the main of its run. It is called once
 * for each schedule, so all that it changes it has to make itself.
 *
 * @category Testing
 */
export type SimBody<A extends readonly unknown[]> = (...args: A) => unknown;

/**
 * Declares a test, with options or without.
 *
 * @category Testing
 */
export interface Declare<A extends readonly unknown[]> {
  (name: string, body: SimBody<A>): void;
  (name: string, options: SimTestOptions, body: SimBody<A>): void;
}

/**
 * A case of `each` as arguments: a list is spread.
 *
 * @category Testing
 */
export type Spread<T> = T extends readonly [...infer A] ? A : [T];

/**
 * How tests are declared.
 *
 * @category Testing
 */
export interface SimTest extends Declare<[context: TestContext]> {
  /** Runs this test alone, of all of its file. */
  readonly only: SimTest;
  /** Does not run it. */
  readonly skip: SimTest;
  /** Runs it beside other concurrent tests. */
  readonly concurrent: SimTest;
  /** Expects it to fail. */
  readonly fails: SimTest;
  /** To be written. */
  todo(name: string): void;
  /** Does not run it where `condition` is true. */
  skipIf(condition: unknown): SimTest;
  /** Runs it only where `condition` is true. */
  runIf(condition: unknown): SimTest;
  /** A test for each case; the name may have `%s`, `$property` and the like, as in Vitest. */
  each<const T>(cases: readonly T[]): Declare<Spread<T>>;
  /** As `each`, but the case is one argument, and the context the next. */
  for<const T>(cases: readonly T[]): Declare<[item: T, context: TestContext]>;
  /** A test for any input; see there. */
  readonly prop: Property;
}

/** Which of Vitest's own ways to declare a test is used. */
export type Flags = Pick<TestOptions, "only" | "skip" | "concurrent" | "fails">;

/** Real time that Vitest gives the test beyond what it gives itself, to say what it has found. */
const GRACE_MS = 10_000;

/** What Vitest is told of a test. */
export function vitestOptions(
  flags: Flags,
  options: SimTestOptions,
  settings: Settings,
): TestOptions {
  const { concurrent, retry } = options;
  return {
    ...(concurrent === undefined ? {} : { concurrent }),
    ...(retry === undefined ? {} : { retry }),
    ...flags,
    timeout: settings.realTimeoutMs + GRACE_MS,
    meta: { tickless: true },
  };
}

/** Runs the test once Vitest has come to it. */
async function runTest(
  context: TestContext,
  settings: Settings,
  main: () => unknown,
): Promise<void> {
  const trial = new Trial(context, settings);
  const course = trial.replayed();
  if (course !== null) return trial.replay(main, course, "");
  await trial.conclude(await trial.explore(main, true), main, null);
  trial.warn();
}

/** The arguments that may be left out. */
function given<A extends readonly unknown[]>(
  second: SimTestOptions | SimBody<A>,
  third: SimBody<A> | undefined,
): readonly [SimTestOptions, SimBody<A>] {
  if (typeof second === "function") return [{}, second];
  if (typeof third === "function") return [second, third];
  throw new TypeError(
    'Expected a function as the last argument of `simTest`: `simTest("name", async () => { … })`.',
  );
}

function declared(flags: Flags): Declare<[TestContext]> {
  return (
    name: string,
    second: SimTestOptions | SimBody<[TestContext]>,
    third?: SimBody<[TestContext]>,
  ): void => {
    const [options, body] = given(second, third);
    const settings = checkSimOptions(options, false);
    test(name, vitestOptions(flags, options, settings), (context) =>
      runTest(context, settings, () => body(context)),
    );
  };
}

function declaredFor<T, A extends readonly unknown[]>(
  flags: Flags,
  cases: readonly T[],
  argumentsOf: (item: T, context: TestContext) => A,
): Declare<A> {
  return (name: string, second: SimTestOptions | SimBody<A>, third?: SimBody<A>): void => {
    const [options, body] = given(second, third);
    const settings = checkSimOptions(options, false);
    test.for(cases)(name, vitestOptions(flags, options, settings), (item, context) =>
      runTest(context, settings, () => body(...argumentsOf(item, context))),
    );
  };
}

function made(flags: Flags): SimTest {
  const skipped = (): SimTest => made({ ...flags, skip: true });
  const self = declared(flags) as SimTest;
  const more: Record<string, PropertyDescriptor> = {};
  for (const flag of ["only", "skip", "concurrent", "fails"] as const) {
    more[flag] = { get: () => made({ ...flags, [flag]: true }) };
  }
  Object.defineProperties(self, more);
  return Object.assign(self, {
    todo: (name: string) => test.todo(name),
    skipIf: (condition: unknown) => (condition ? skipped() : self),
    runIf: (condition: unknown) => (condition ? self : skipped()),
    each: (cases: readonly unknown[]) =>
      declaredFor(flags, cases, (item) => (Array.isArray(item) ? item : [item]) as never),
    for: <T>(cases: readonly T[]) => declaredFor(flags, cases, (item, context) => [item, context]),
    prop: property(flags),
  });
}

/**
 * A test that runs its body under many schedules, in virtual time, until one fails. Each `await` of the
 * project's own sources is a place at which another task may go on, if the plugin is in Vitest's
 * configuration (`@tickless/vitest/plugin`). What fails is told with its schedule, a timeline, the file
 * of its trace, and the command that runs it again.
 *
 * ```ts fragment
 * import { expect } from "vitest";
 * import { createTask } from "@tickless/core";
 * import { simTest } from "@tickless/vitest";
 * import { Account } from "./account.js";
 *
 * simTest("two deposits add up", async () => {
 *   const account = new Account();
 *   const tasks = [createTask(() => account.deposit(1)), createTask(() => account.deposit(1))];
 *   for (const task of tasks) await task;
 *   expect(account.balance).toBe(2);
 * });
 * ```
 *
 * @category Testing
 */
export const simTest: SimTest = made({});
