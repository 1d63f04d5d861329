import { format } from "./exceptions.ts";
import type { Json } from "./scenario.ts";

function isSettled(value: unknown): value is PromiseSettledResult<unknown> {
  return typeof value === "object" && value !== null && "status" in value;
}

/**
 * A result of the engine as the log writes it. What `gather` says of each child when exceptions are
 * results becomes the child's value or exception again, wherever that list turns up.
 */
export function written(value: unknown): Json {
  if (Array.isArray(value)) return value.map(written);
  if (!isSettled(value)) return (value ?? null) as Json;
  return value.status === "fulfilled" ? written(value.value) : { exc: format(value.reason) };
}
