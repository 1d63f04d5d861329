import { type Loop, UsageError } from "@tickless/core";
import type { HostCall } from "./host-calls.ts";
import { placeText } from "./host-calls.ts";
import { nameOf, type Rule } from "./rules.ts";

const VIRTUAL: ReadonlySet<string> = new Set(["timers", "clocks", "random", "crypto"]);

/** How to be rid of it without a change of the program. */
function ways(rule: Rule, name: string): string {
  const allow = `\`guard(main, { allow: ["${name}"] })\` lets it pass`;
  // What needs more than a stream, virtualize leaves to the host.
  if (!VIRTUAL.has(rule.group) || name.startsWith("crypto.generate")) return `${allow}.`;
  return `\`guard(virtualize(main))\` lets it run in virtual time; ${allow}.`;
}

/** The error that the program gets in the place of an answer. */
export function refusal(call: HostCall, loop: Loop): UsageError {
  const { what, rule, task, where } = call;
  const frames = where ?? [];
  const who = task === "" ? "a callback" : `task \`${task}\``;
  const lines = [
    `${what} was called in ${who} at ${loop.at()}, and this run is guarded: it ${rule.why}.`,
    ...frames.slice(0, 3).map((frame) => `    ${frame}`),
    "Write instead:",
    `    ${rule.instead}`,
    `Or leave it: ${ways(rule, nameOf(what))}`,
  ];
  return new UsageError("ERR_GUARDED", lines.join("\n"), {
    time: loop.now,
    task: task === "" ? undefined : task,
  });
}

/** The calls of one kind. */
interface Calls {
  readonly rule: Rule;
  count: number;
  /** How many there were of each task at each place. */
  readonly places: Map<string, number>;
}

/** So many kinds of calls, and places of each, a report tells. */
const MOST_KINDS = 12;
const MOST_PLACES = 4;

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function placeOf(task: string, where: readonly string[]): string {
  const place = placeText(where);
  const who = task === "" ? "in a callback" : `in ${task}`;
  return place === "" ? who : `${who}, at ${place}`;
}

function linesOf([what, { rule, count, places }]: [string, Calls]): string[] {
  const all = [...places].toSorted(([, one], [, other]) => other - one);
  const shown = all
    .slice(0, MOST_PLACES)
    .map(([place, number]) => `    ${number === count ? "" : `${times(number)} `}${place}`);
  const left = all.slice(0, MOST_PLACES).reduce((rest, [, number]) => rest - number, count);
  return [
    `  ${what} ${times(count)}`,
    ...shown,
    ...(left === 0 ? [] : [`    ${times(left)} elsewhere`]),
    `    write: ${rule.instead}`,
  ];
}

/** What is told of all calls of a run, once. */
export class GuardReport {
  readonly #kinds = new Map<string, Calls>();

  add(call: HostCall): void {
    const kind = this.#kinds.get(call.what);
    const calls = kind ?? { rule: call.rule, count: 0, places: new Map<string, number>() };
    if (kind === undefined) this.#kinds.set(call.what, calls);
    calls.count++;
    if (call.where === null) return;
    const place = placeOf(call.task, call.where);
    calls.places.set(place, (calls.places.get(place) ?? 0) + 1);
  }

  /** null: there is nothing to tell. */
  text(warns: boolean): string | null {
    const kinds = [...this.#kinds].toSorted(([, one], [, other]) => other.count - one.count);
    if (kinds.length === 0) return null;
    const total = kinds.reduce((sum, [, { count }]) => sum + count, 0);
    const more = kinds.length - MOST_KINDS;
    const virtual = kinds.some(([, { rule }]) => VIRTUAL.has(rule.group));
    const names = kinds.slice(0, 3).map(([what]) => `"${nameOf(what)}"`);
    return [
      warns
        ? `guard: the program has asked the host ${times(total)} for what no seed controls, so its runs may differ.`
        : `guard: the program was refused ${times(total)} what no seed controls, and has caught the error.`,
      ...kinds.slice(0, MOST_KINDS).flatMap(linesOf),
      ...(more > 0 ? [`  and ${more} other calls`] : []),
      ...(virtual
        ? ["  Timers, clocks and chance run in virtual time with `virtualize(main)`."]
        : []),
      `  Let calls pass with \`guard(main, { allow: [${names.join(", ")}] })\`.`,
    ].join("\n");
  }
}
