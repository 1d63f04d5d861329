import type { Arg, Json } from "./scenario.ts";
import { isRecord } from "./scenario.ts";
import type { World } from "./world.ts";

/** The ops that a coroutine is executing, outermost first. */
export type Progress = { readonly path: string; readonly op: string }[];

/** What one running coroutine or callback has for itself. */
export interface Frame {
  readonly world: World;
  /** Its display name, the second field of its events. */
  readonly who: string;
  readonly progress: Progress;
  readonly locals: Map<string, Json>;
  /** The exceptions whose handlers are running, innermost last. */
  readonly handling: unknown[];
}

export function newFrame(world: World, who: string): Frame {
  return { world, who, progress: [], locals: new Map(), handling: [] };
}

/** A VALUE of the language: JSON, or `{"$": name}` for a local variable. */
export function evaluate(frame: Frame, arg: Arg): Json {
  if (isRecord(arg) && typeof arg["$"] === "string") return frame.locals.get(arg["$"]) ?? null;
  return arg ?? null;
}
