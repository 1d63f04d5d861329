import { isTicklessError, type RunResult, type SimulateOptions } from "@tickless/core";
import { isDeadlock } from "./errors.ts";
import type { Choice, Choices } from "./choices.ts";
import { type Failure, lineOf } from "./failure.ts";
import type { Pilot } from "./pilot.ts";

/**
 * One of the distinct results of a program, whatever led to it.
 *
 * @category Exploring
 */
export interface Outcome {
  /** What it is, in words: the same for equal outcomes. */
  readonly text: string;
  /** `returned`, or why it counts as failed. */
  readonly kind: "returned" | Failure["reason"];
  /** In how many schedules it came out. */
  readonly count: number;
  /** Number of the first of them. */
  readonly first: number;
  /** Choices of the shortest of them: fewest that differ from first in, first out, then fewest in all. */
  readonly choices: readonly Choice[];
  /** Repeats the shortest of them. */
  readonly reproLine: string;
}

interface Group {
  readonly text: string;
  readonly kind: Outcome["kind"];
  count: number;
  readonly first: number;
  /** How many choices of the shortest are not 0. */
  turns: number;
  choices: readonly Choice[];
}

/** A value as text, the same for values that are alike. */
function shown(value: unknown): string {
  if (value === undefined || typeof value === "function" || typeof value === "symbol") {
    return String(value);
  }
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  try {
    return JSON.stringify(value, (_key, inner: unknown) => {
      if (inner instanceof Map) return { Map: [...inner] };
      if (inner instanceof Set) return { Set: [...inner] };
      if (typeof inner === "bigint") return `${inner}n`;
      return inner === undefined ? "undefined" : inner;
    });
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** An error as text: its class and message; of a deadlock who waits for what. */
export function errorText(error: unknown): string {
  if (isDeadlock(error)) {
    const waits = error.blocked.map(({ task, waits: [wait] }) => {
      const what = wait === undefined ? "a promise" : (wait.path ?? wait.kind);
      return `${task} waits for ${what}`;
    });
    return `deadlock: ${waits.toSorted().join(", ")}`;
  }
  if (typeof error === "object" && error !== null && "message" in error) {
    const [line] = String(error.message).split("\n");
    return `${isTicklessError(error) ? error.code : className(error)}: ${line}`;
  }
  return `thrown: ${shown(error)}`;
}

/** What an error calls itself; where that is what all errors are called, its class. */
export function className(error: object): string {
  const { name, constructor: made } = error as {
    readonly name?: unknown;
    readonly constructor?: { readonly name?: unknown };
  };
  if (typeof name === "string" && name !== "Error") return name;
  return typeof made?.name === "string" && made.name !== "" ? made.name : "Error";
}

/** Groups the schedules of a campaign by what came of them. */
export class Outcomes {
  readonly #groups = new Map<string, Group>();

  /** Answers the outcome in words. */
  add<T>(
    result: RunResult<T>,
    failed: Pick<Failure, "error" | "reason"> | null,
    outcome: ((result: RunResult<T>) => unknown) | undefined,
    pilot: Pilot,
    index: number,
  ): string {
    const kind = failed?.reason ?? "returned";
    const text =
      failed === null ? returnedText(result, outcome, pilot.marks) : errorText(failed.error);
    const key = `${kind} ${text}`;
    const { choices } = pilot;
    const turns = turnsOf(choices);
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, { text, kind, count: 1, first: index, turns, choices: [...choices] });
      return text;
    }
    group.count++;
    const shorter = turns === group.turns && choices.length < group.choices.length;
    if (turns > group.turns || !(turns < group.turns || shorter)) return text;
    group.turns = turns;
    group.choices = [...choices];
    return text;
  }

  /** The most frequent first. */
  list(options: SimulateOptions): Outcome[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => b.count - a.count || a.first - b.first)
      .map(({ text, kind, count, first, choices }) => {
        return { text, kind, count, first, choices, reproLine: lineOf(options, choices) };
      });
  }
}

/** What a schedule that did not fail came to: the same text for the same outcome. */
export function returnedText<T>(
  result: RunResult<T>,
  outcome: ((result: RunResult<T>) => unknown) | undefined,
  marks: ReadonlyMap<string, number | string>,
): string {
  if (outcome !== undefined) return shown(outcome(result));
  const value =
    result.outcome?.status === "fulfilled" ? shown(result.outcome.value) : result.reason;
  if (marks.size === 0) return value;
  const states = [...marks].map(([name, state]) => `${name} = ${shown(state)}`).toSorted();
  return `${value} with ${states.join(", ")}`;
}

function turnsOf(choices: Choices): number {
  let turns = 0;
  for (let i = 0; i < choices.length; i++) if (choices.picked(i) > 0) turns++;
  return turns;
}
