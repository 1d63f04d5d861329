import { createTask, type FlowOf, gather, sleep } from "@tickless/core";
import type { Lock } from "@tickless/sync";
import { always } from "../../src/index.ts";
import { type Kind, type Script, wait } from "../../../core/test/kinds.ts";

/** A program with a known concurrency bug, to be run with either kind of body. */
export interface CorpusProgram {
  readonly name: string;
  /** What is wrong, in a line. */
  readonly bug: string;
  /** It fails, or ends in a deadlock, in the schedules that show the bug. */
  readonly main: (kind: Kind) => () => FlowOf<unknown>;
}

/** A point at which another task may run. */
export function* point(): Script<void> {
  yield* wait(sleep(0));
}

function isScript<T>(value: T | Script<T>): value is Script<T> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** A point, and then `body` under `lock`. Where the lock is held, the wait for it is the point. */
export function* under<T>(lock: Lock, body: () => T | Script<T>): Script<T> {
  if (!lock.locked()) yield* point();
  yield* wait(lock.acquire());
  try {
    const result = body();
    return isScript(result) ? yield* result : result;
  } finally {
    lock.release();
  }
}

/** Runs the scripts as tasks beside each other, until all have ended. */
export function* together(kind: Kind, scripts: readonly (() => Script<void>)[]): Script<void> {
  const tasks = scripts.map((script) => createTask(kind.of(script)));
  yield* wait(gather(tasks));
}

/** The bug has shown: the run ends here. */
export function fail(what: string): never {
  always(what, false);
  throw new Error("unreachable");
}
