import { driver } from "./context.ts";
import { badType } from "./errors.ts";
import type { Loop } from "./loop.ts";

/**
 * Marks this point of the program in the recording of the run, for whoever reads it. It is a note: it
 * is no event, changes nothing, moves no fingerprint, and does nothing where no probe listens.
 *
 * ```ts
 * import { mark, run, sleep } from "@tickless/core";
 *
 * await run(async () => {
 *   await sleep(5);
 *   mark("warmed up", 5);
 * });
 * ```
 *
 * @category Running
 */
export function mark(name: string, value?: number | string): void {
  if (typeof name !== "string") throw badType("name", "a string", name);
  if (value !== undefined && typeof value !== "number" && typeof value !== "string") {
    throw badType("value", "a number or a string", value);
  }
  const { loop } = driver;
  if (loop !== null) loop.observer?.mark(loop.currentTaskId(), name, value ?? null);
}

/**
 * Puts a line into the recording of the run, at the virtual time and the task of this moment. A note,
 * as `mark`.
 *
 * @category Running
 */
export function log(text: string): void {
  if (typeof text !== "string") throw badType("text", "a string", text);
  const { loop } = driver;
  if (loop !== null) loop.observer?.log(loop.currentTaskId(), text);
}

/**
 * Notes in the recording that the quantity `name` is `value` from now on; viewers draw it as a curve.
 * A note, as `mark`.
 *
 * @category Running
 */
export function counter(name: string, value: number): void {
  if (typeof name !== "string") throw badType("name", "a string", name);
  if (typeof value !== "number") throw badType("value", "a number", value);
  const { loop } = driver;
  if (loop !== null) loop.observer?.counter(loop.currentTaskId(), name, value);
}

/** With this begins the name of a mark that tells of a reading. */
const READING = "reads from the host: ";

/**
 * Notes in the recording that the program has read something of its host that no seed controls, so
 * that the report of a divergence can point at it. A note, as `mark`: it does nothing to the run.
 *
 * @param what what was called, such as `Date.now()`
 * @param place the innermost line of the program, such as `worker (jobs.ts:8:28)`; empty where unknown
 * @category For extenders
 */
export function noteReading(loop: Loop, what: string, place: string): void {
  loop.observer?.mark(loop.currentTaskId(), READING + what, place === "" ? null : place);
}

/**
 * What was read, where `name` is that of a mark which `noteReading` has made; else null.
 *
 * @category For extenders
 */
export function readingIn(name: string): string | null {
  return name.startsWith(READING) ? name.slice(READING.length) : null;
}
