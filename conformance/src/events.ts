/** What the log says about coroutines and ops, the same for every kind of body. */
import { isCancelled } from "@tickless/core";

import type { Completion } from "./completion.ts";
import { format, UnsupportedError } from "./exceptions.ts";
import type { Frame } from "./frame.ts";
import type { Json } from "./scenario.ts";

export function bodyBegan(frame: Frame): void {
  frame.world.write(frame.who, "begin");
}

/** The value that the coroutine returns. */
export function bodyReturned(frame: Frame, completion: Completion): Json {
  const value = completion.kind === "return" ? completion.value : null;
  frame.world.write(frame.who, "exit", "returned", value);
  return value;
}

/** `error` again, to be thrown on. */
export function bodyRaised(frame: Frame, error: unknown): unknown {
  const how = isCancelled(error) ? "cancelled" : "raised";
  frame.world.write(frame.who, "exit", how, format(error));
  return error;
}

export function opStarted(frame: Frame, path: string, op: string): void {
  frame.progress.push({ path, op });
  frame.world.write(frame.who, ">", path, op);
}

export function opEnded(frame: Frame, path: string, completion: Completion): Completion {
  frame.progress.pop();
  if (completion.kind === "normal") frame.world.write(frame.who, "<", path, completion.value);
  else frame.world.write(frame.who, "^", path, completion.kind);
  return completion;
}

/** `error` again, to be thrown on. */
export function opFailed(frame: Frame, path: string, error: unknown): unknown {
  frame.progress.pop();
  if (error instanceof UnsupportedError) frame.world.unsupported ??= error.message;
  frame.world.write(frame.who, "!", path, format(error));
  return error;
}

/** `as_completed` has the next of its results. */
export function itemCame(frame: Frame, path: string, item: Json): void {
  frame.world.write(frame.who, "item", path, item);
}

/** A handler of the try at `path` begins; it is over when `handling` is popped again. */
export function handlerEntered(frame: Frame, path: string, error: unknown): void {
  frame.world.write(frame.who, "caught", path, format(error));
  frame.handling.push(error);
}
