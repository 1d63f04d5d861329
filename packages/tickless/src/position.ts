import type { TimeTravel } from "@tickless/trace";
import { CommandError } from "./failure.ts";

/** A place in a trace: the number of an event, or a virtual time. */
export type Position = number | { readonly time: number };

function bad(option: string, expected: string, text: string, example: string): CommandError {
  return new CommandError(
    "ERR_OPTION_VALUE",
    `Expected \`${option}\` to be ${expected}, got \`${text}\`. Write for example \`${option} ${example}\`.`,
  );
}

/** Reads the number of an event. */
export function eventOf(option: string): (text: string) => number {
  return (text) => {
    const event = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(event) && event >= 1) return event;
    throw bad(option, "the number of an event", text, "120");
  };
}

/** Reads the number of an event, or `t=50`. */
export function positionOf(option: string): (text: string) => Position {
  return (text) => {
    const [, digits = ""] = /^t=(.+)$/.exec(text) ?? [];
    const time = Number(digits);
    if (digits.trim() !== "" && Number.isFinite(time)) return { time };
    const event = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(event) && event >= 1) return event;
    throw bad(option, "the number of an event, or a time such as `t=50`", text, "120");
  };
}

/** The event at a position; of a time the last that has happened when it is over. */
export function eventAt(position: Position, travel: TimeTravel, file: string): number {
  if (typeof position !== "number") return travel.eventAtTime(position.time);
  const { first, last } = travel;
  if (position >= first && position <= last) return position;
  const there = last < first ? "no events" : `events ${first} to ${last}`;
  throw new CommandError(
    "ERR_NO_SUCH_EVENT",
    `The trace \`${file}\` has no event ${position}; it has ${there}.`,
  );
}

/** The first event at a position; of a time the first that happens then or later. */
function eventFrom(position: Position, travel: TimeTravel, file: string): number {
  if (typeof position === "number") return eventAt(position, travel, file);
  let low = travel.first;
  let high = travel.last + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (travel.index.timeAt(middle) < position.time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Two events or two times; where nothing happens between an event and a time, that is no mistake. */
function checkOrder(from: Position, to: Position): void {
  const [one, other] =
    typeof from === "number"
      ? [from, typeof to === "number" ? to : from]
      : [from.time, typeof to === "number" ? from.time : to.time];
  if (one <= other) return;
  const sign = typeof from === "number" ? "" : "t=";
  throw new CommandError(
    "ERR_OPTION_VALUE",
    `Expected \`--from\` to be no later than the end, \`${sign}${other}\`, got \`${sign}${one}\`. Exchange the two.`,
  );
}

/** What `--from` and `--to` cut out of a trace. */
export function windowIn(
  { from, to }: { readonly from?: Position; readonly to?: Position },
  travel: TimeTravel,
  file: string,
): { readonly from: number | undefined; readonly to: number | undefined } {
  if (from !== undefined && to !== undefined) checkOrder(from, to);
  return {
    from: from === undefined ? undefined : eventFrom(from, travel, file),
    to: to === undefined ? undefined : eventAt(to, travel, file),
  };
}
