import { badType } from "./errors.ts";

/**
 * How results of `external` become text and back, live and in a replay alike.
 *
 * @category Running
 */
export interface Codec<T> {
  /** The text of a value. */
  encode(value: T): string;
  /** The value of a text. */
  decode(text: string): T;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Where `value` holds something that JSON would not bring back as it was; null if nowhere. */
function firstLoss(value: unknown, path: string, around: readonly object[]): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : path;
  if (value === null || ["boolean", "string", "undefined"].includes(typeof value)) return null;
  if (typeof value !== "object" || around.includes(value)) return path;
  if (!Array.isArray(value) && !isPlain(value)) return path;
  const inside = [...around, value];
  for (const [key, element] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : `.${key}`;
    const loss = firstLoss(element, `${path}${step}`, inside);
    if (loss !== null) return loss;
  }
  return null;
}

/** JSON, which refuses what it would change: dates, maps, class instances, NaN, cycles. */
export const json: Codec<unknown> = {
  encode(value: unknown): string {
    const loss = firstLoss(value, "result", []);
    if (loss !== null) {
      throw badType(
        "external result",
        `plain data that JSON brings back as it was, which \`${loss}\` is not`,
        value,
        "Return plain data, for example `(await fetch(url)).json()` or `date.toISOString()`, or pass a `codec`.",
      );
    }
    return value === undefined ? "" : JSON.stringify(value);
  },
  decode: (text) => (text === "" ? undefined : JSON.parse(text)),
};
