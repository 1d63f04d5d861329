import type { Arbitrary } from "fast-check";
import type * as fastCheckModule from "fast-check";
import { test, type TestContext } from "vitest";
import { SimTestError } from "./errors.ts";
import type { InputPlace } from "./course.ts";
import { checkSimOptions, type PropertyOptions, type Settings } from "./options.ts";
import { type Flags, vitestOptions } from "./sim-test.ts";
import { Trial } from "./trial.ts";

/**
 * An `Arbitrary` of fast-check, known by the one method that tells of what: so that these types can be read
 * where fast-check is not installed.
 *
 * @category Testing
 */
export interface InputArbitrary<T> {
  /** Whether it could have made this value. */
  canShrinkWithoutContext(value: unknown): value is T;
}

/**
 * One arbitrary for each argument.
 *
 * @category Testing
 */
export type Arbitraries<A extends readonly unknown[]> = {
  readonly [I in keyof A]: InputArbitrary<A[I]>;
};

/**
 * The body of a property: its arguments are the input.
 *
 * @category Testing
 */
export type PropertyBody<A extends readonly unknown[]> = (...input: A) => unknown;

/**
 * A test for any input: fast-check makes inputs, and each is run under many schedules. When one fails,
 * first the input is made simpler, then the schedule, and one repro line has both. Without a name in
 * front the test is called as the function is, or as `options.name` says.
 *
 * ```ts fragment
 * simTest.prop("deposits add up", [fc.array(fc.nat())], async (amounts) => { … });
 * ```
 *
 * @category Testing
 */
export interface Property {
  <A extends unknown[]>(name: string, arbitraries: Arbitraries<A>, body: PropertyBody<A>): void;
  <A extends unknown[]>(
    name: string,
    arbitraries: Arbitraries<A>,
    options: PropertyOptions,
    body: PropertyBody<A>,
  ): void;
  <A extends unknown[]>(arbitraries: Arbitraries<A>, body: PropertyBody<A>): void;
  <A extends unknown[]>(
    arbitraries: Arbitraries<A>,
    options: PropertyOptions,
    body: PropertyBody<A>,
  ): void;
}

type FastCheck = typeof fastCheckModule;
type Input = readonly unknown[];
type Body = (...input: unknown[]) => unknown;

async function fastCheck(): Promise<FastCheck> {
  try {
    return await import("fast-check");
  } catch (cause) {
    throw new SimTestError(
      "ERR_NO_FAST_CHECK",
      "`simTest.prop` takes its inputs from fast-check, which is not installed: `npm install --save-dev fast-check`.",
      { cause },
    );
  }
}

/** The seed of fast-check, a 32-bit integer, from the seed of the test. */
function numberOf(seed: string): number {
  if (/^-?\d{1,9}$/.test(seed)) return Number(seed);
  let number = 0;
  for (let i = 0; i < seed.length; i++) number = (Math.imul(number, 31) + seed.charCodeAt(i)) | 0;
  return number;
}

/** The input for one schedule: what one run changes in it, the next must not find. */
function fresh(input: Input): Input {
  try {
    return structuredClone(input);
  } catch {
    // Functions and the like cannot be copied.
    return input;
  }
}

/** The inputs of one property. */
class Inputs {
  readonly #fc: FastCheck;
  readonly #arbitraries: readonly Arbitrary<unknown>[];

  constructor(fc: FastCheck, arbitraries: readonly Arbitrary<unknown>[]) {
    this.#fc = fc;
    this.#arbitraries = arbitraries;
  }

  #property(holds: (input: Input) => Promise<boolean>): ReturnType<FastCheck["asyncProperty"]> {
    return this.#fc.asyncProperty(this.#fc.tuple(...this.#arbitraries), holds) as never;
  }

  /** The simplest input with which `holds` does not, and where it is; null: there is none. */
  async simplest(
    { seed, numRuns }: Settings,
    holds: (input: Input) => Promise<boolean>,
  ): Promise<(InputPlace & { readonly runs: number; readonly shrinks: number }) | null> {
    const options = { seed: numberOf(seed), numRuns };
    const result = await this.#fc.check(this.#property(holds), options);
    if (!result.failed) return null;
    const { seed: used, counterexamplePath, numRuns: runs, numShrinks: shrinks } = result;
    if (counterexamplePath === null) throw result.errorInstance;
    return { seed: used, path: counterexamplePath, runs, shrinks };
  }

  /** The input at `place`. */
  async at({ seed, path }: InputPlace): Promise<Input> {
    let taken: Input | null = null;
    const take = async (input: Input): Promise<boolean> => {
      taken ??= input;
      return true;
    };
    await this.#fc.check(this.#property(take), { seed, path, numRuns: 1, endOnFailure: true });
    if (taken !== null) return taken;
    throw new SimTestError(
      "ERR_NO_INPUT",
      `The repro line names an input (fc:${seed}:${path}) that these arbitraries do not make. They have changed since.`,
    );
  }

  text(input: Input): string {
    return input.map((value) => this.#fc.stringify(value)).join(", ");
  }
}

async function runProperty(
  context: TestContext,
  settings: Settings,
  arbitraries: readonly Arbitrary<unknown>[],
  body: Body,
): Promise<void> {
  const inputs = new Inputs(await fastCheck(), arbitraries);
  const trial = new Trial(context, settings);
  const mainOf = (input: Input) => (): unknown => body(...fresh(input));
  const course = trial.replayed();
  if (course !== null) {
    if (course.input === null) {
      throw new SimTestError(
        "ERR_NO_INPUT",
        "TICKLESS_REPLAY names no input, and this test takes one. Copy the whole line, from `fc:` to the end.",
      );
    }
    const input = await inputs.at(course.input);
    return trial.replay(mainOf(input), course, `Input: ${inputs.text(input)}`);
  }
  const failing = await inputs.simplest(settings, async (input) => {
    const found = await trial.explore(mainOf(input), false);
    if (found.failure !== null) return false;
    await trial.conclude(found, mainOf(input), null);
    return true;
  });
  if (failing === null) return trial.warn();
  const { seed, path, runs, shrinks } = failing;
  const input = await inputs.at(failing);
  const how = `input ${runs}, made simpler ${shrinks} ${shrinks === 1 ? "time" : "times"}`;
  const text = `Input: ${inputs.text(input)} (${how})`;
  return trial.conclude(await trial.explore(mainOf(input), true), mainOf(input), {
    seed,
    path,
    text,
  });
}

/** Makes `simTest.prop`. */
export function property(flags: Flags): Property {
  return (...args: readonly unknown[]): void => {
    const [name, ...named] = typeof args[0] === "string" ? args : [undefined, ...args];
    const [arbitraries, second, third] = named;
    const body = typeof second === "function" ? second : third;
    const options = (typeof second === "function" ? {} : (second ?? {})) as PropertyOptions;
    if (!Array.isArray(arbitraries) || typeof body !== "function") {
      throw new TypeError(
        "Expected `simTest.prop(name, arbitraries, options?, fn)`, with a list of arbitraries: " +
          '`simTest.prop("adds up", [fc.nat()], async (n) => { … })`.',
      );
    }
    const settings = checkSimOptions(options, true);
    const title = (name as string | undefined) ?? options.name ?? (body.name || "property");
    test(title, vitestOptions(flags, options, settings), (context) =>
      runProperty(context, settings, arbitraries as readonly Arbitrary<unknown>[], body as Body),
    );
  };
}
