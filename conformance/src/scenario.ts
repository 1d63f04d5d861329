/**
 * A scenario and its log as they stand in a corpus file, and readers for the arguments of an op.
 * The language itself is described in ../README.md.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** An argument of an op; undefined where an optional one is missing. */
export type Arg = Json | undefined;

export type Op = readonly [name: string, ...args: Json[]];

/** `[time, who, kind, ...]` */
export type LogEvent = readonly Json[];

export interface ObjectSpec {
  readonly type: string;
  readonly kind?: string;
  readonly maxsize?: number;
  readonly value?: number;
  readonly parties?: number;
  readonly lock?: string;
}

export interface Scenario {
  readonly objects?: { readonly [name: string]: ObjectSpec };
  readonly tasks?: readonly (readonly [name: string, ops: readonly Op[]])[];
  readonly script?: readonly Op[];
  readonly progs?: { readonly [name: string]: readonly Op[] };
  readonly start?: number;
}

/** One line of a corpus: a scenario and the log that CPython's asyncio wrote for it. */
export interface Case {
  readonly id: string;
  readonly scenario: Scenario;
  readonly log: readonly LogEvent[];
}

export type TrySpec = {
  readonly body: readonly Op[];
  readonly except?: readonly (readonly [classes: string | readonly string[], ops: readonly Op[]])[];
  readonly else?: readonly Op[];
  readonly finally?: readonly Op[];
};

/** A coroutine written where an awaitable is expected. */
export type CoroutineSpec = {
  readonly as: string;
  readonly run: readonly Op[];
};

/** The scenario says something that the language does not have: the corpus is wrong, not the engine. */
export class MalformedScenarioError extends Error {
  override readonly name: string = "MalformedScenarioError";
}

function malformed(expected: string, got: Arg): MalformedScenarioError {
  return new MalformedScenarioError(
    `Expected ${expected} in the scenario, got ${JSON.stringify(got) ?? "nothing"}`,
  );
}

export function asText(arg: Arg): string {
  if (typeof arg !== "string") throw malformed("a name", arg);
  return arg;
}

export function asNumber(arg: Arg): number {
  if (typeof arg !== "number") throw malformed("a number", arg);
  return arg;
}

/** A time that may be null, which says: without a limit. */
export function asNumberOrNull(arg: Arg): number | null {
  return arg === null ? null : asNumber(arg);
}

export function asList(arg: Arg): readonly Json[] {
  if (!Array.isArray(arg)) throw malformed("a list", arg);
  return arg;
}

export function asOp(arg: Arg): Op {
  const [name] = asList(arg);
  if (typeof name !== "string") throw malformed("an op", arg);
  return arg as Op;
}

export function asOps(arg: Arg): readonly Op[] {
  return asList(arg).map(asOp);
}

export function asTry(arg: Arg): TrySpec {
  if (!isRecord(arg) || !Array.isArray(arg["body"])) throw malformed("a try with a body", arg);
  return arg as unknown as TrySpec;
}

export function asCoroutine(arg: Arg): CoroutineSpec {
  if (!isRecord(arg) || typeof arg["as"] !== "string") throw malformed("a coroutine", arg);
  return arg as unknown as CoroutineSpec;
}

export function isRecord(arg: Arg): arg is { readonly [key: string]: Json } {
  return typeof arg === "object" && arg !== null && !Array.isArray(arg);
}
