import { isDeepStrictEqual } from "node:util";

import type { Json, LogEvent } from "./scenario.ts";

/** The first event in which two logs differ; undefined where a log has ended. */
export interface Difference {
  readonly index: number;
  readonly expected: LogEvent | undefined;
  readonly got: LogEvent | undefined;
}

/** The one allowance: which message a CancelledError carries is not compared. */
function withoutCancelMessages(value: Json): Json {
  if (typeof value === "string")
    return value.replaceAll(/CancelledError:[^,\]]*/g, "CancelledError");
  if (Array.isArray(value)) return value.map(withoutCancelMessages);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutCancelMessages(item)]),
  );
}

/** Logs are compared as the JSON that they would be written as. */
function comparable(event: LogEvent | undefined): unknown {
  return event && JSON.parse(JSON.stringify(withoutCancelMessages(event)));
}

export function firstDifference(
  expected: readonly LogEvent[],
  got: readonly LogEvent[],
): Difference | undefined {
  const length = Math.max(expected.length, got.length);
  for (let index = 0; index < length; index++) {
    if (!isDeepStrictEqual(comparable(expected[index]), comparable(got[index]))) {
      return { index, expected: expected[index], got: got[index] };
    }
  }
  return undefined;
}
