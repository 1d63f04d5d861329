import type { TimeUnit } from "@tickless/core";
import { CommandError } from "./failure.ts";

function badValue(option: string, expected: string, text: string, example: string): CommandError {
  const got = text === "" ? "an empty text" : `\`${text}\``;
  const message = `Expected \`${option}\` to be ${expected}, got ${got}. Write for example \`${option} ${example}\`.`;
  return new CommandError("ERR_OPTION_VALUE", message);
}

/** Reads the text of an option. What looks like another option is one: the text was forgotten. */
export function textOf(
  option: string,
  expected: string,
  example: string,
): (text: string) => string {
  return (text) => {
    if (text !== "" && !text.startsWith("--")) return text;
    throw badValue(option, expected, text, example);
  };
}

/** Reads a virtual time ≥ 0. */
export function timeOf(option: string): (text: string) => number {
  return (text) => {
    const time = Number(text);
    if (text.trim() !== "" && Number.isFinite(time) && time >= 0) return time;
    throw badValue(option, "a time ≥ 0 in the units of the program", text, "60000");
  };
}

const TIME_UNITS: readonly TimeUnit[] = ["ms", "s", "min", "h", "none"];

/** Reads the label of a time unit. */
export function timeUnitOf(option: string): (text: string) => TimeUnit {
  return (text) => {
    const unit = TIME_UNITS.find((one) => one === text);
    if (unit !== undefined) return unit;
    throw badValue(option, `one of ${TIME_UNITS.join(", ")}`, text, "s");
  };
}

/** Reads a whole number ≥ 1. */
export function countOf(option: string): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(count) && count >= 1) return count;
    throw badValue(option, "a whole number ≥ 1", text, "100");
  };
}

/** Reads a whole number ≥ 0. */
export function wholeOf(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(number) && number >= 0) return number;
    throw badValue(option, "a whole number ≥ 0", text, "3");
  };
}

/** Reads how late timers may be: `5`, or with the number of parts `5x1`. */
export function jitterOf(option: string): (text: string) => { upTo: number; steps?: number } {
  return (text) => {
    const [, time = "", parts] = /^(\d+(?:\.\d+)?)(?:x([1-9]\d*))?$/.exec(text) ?? [];
    const upTo = Number(time);
    const steps = parts === undefined ? 1 : Number(parts);
    if (upTo > 0 && Number.isFinite(upTo) && Number.isSafeInteger(steps)) {
      return parts === undefined ? { upTo } : { upTo, steps };
    }
    throw badValue(option, "a time > 0, and maybe the number of its parts", text, "5x4");
  };
}
