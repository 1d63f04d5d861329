import { isOwnFrame } from "@tickless/core/kit";
import type { AnyFunction } from "./host.ts";

interface V8Error {
  stackTraceLimit?: number;
  captureStackTrace?: (holder: object, below: AnyFunction) => void;
}

/** Enough to see past what the host puts between a program and its own function. */
const FRAMES = 4;

/** Frames of a host between a program and what it has called: `util.promisify(fs.readFile)`, `Array.map`. */
const BETWEEN = /\bnode:internal\/util:|<anonymous>\)?$/;

/**
 * Whether function `below` was called by the host itself, as Node's loader of modules reads files, or by
 * Tickless, as a recorder writes them. Where the host tells no stacks of that kind nothing is.
 */
export function isHostsOwnCall(below: AnyFunction): boolean {
  const errors = Error as V8Error;
  if (errors.captureStackTrace === undefined) return false;
  const { stackTraceLimit } = errors;
  const holder: { readonly stack?: string } = {};
  Reflect.set(errors, "stackTraceLimit", FRAMES);
  errors.captureStackTrace(holder, below);
  Reflect.set(errors, "stackTraceLimit", stackTraceLimit);
  const frames = (holder.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const caller = frames.find((frame) => !BETWEEN.test(frame));
  return caller !== undefined && (/\bnode:/.test(caller) || isOwnFrame(caller));
}

/**
 * What is on the stack where code runs in a step and is none of the program's: a handler of an exception that
 * nobody has caught, which Node calls in the midst of a step, and whose own error would hide the first; and
 * what is handed a report, such as `log`.
 */
const ASIDE = / process\._fatalException | at Reports\.[#\w]+ \(/;

/** Whether the code that is running is aside from the program. */
export function isAside(): boolean {
  const errors = Error as V8Error;
  const { stackTraceLimit } = errors;
  Reflect.set(errors, "stackTraceLimit", Infinity);
  const { stack = "" } = new Error("taken here");
  Reflect.set(errors, "stackTraceLimit", stackTraceLimit);
  return ASIDE.test(stack);
}
