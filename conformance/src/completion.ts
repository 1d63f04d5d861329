import type { Json } from "./scenario.ts";

/** How an op or a list of ops ended, if not with an exception. */
export type Completion =
  | { readonly kind: "normal"; readonly value: Json }
  | { readonly kind: "return"; readonly value: Json }
  | { readonly kind: "break" }
  | { readonly kind: "continue" };

/** The end of an op that has no result to tell. */
export const NOTHING: Completion = { kind: "normal", value: null };

export function normal(value: Json): Completion {
  return { kind: "normal", value };
}
