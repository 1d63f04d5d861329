import type { Completion } from "../completion.ts";
import { normal, NOTHING } from "../completion.ts";
import { opEnded, opFailed, opStarted } from "../events.ts";
import { UnsupportedError } from "../exceptions.ts";
import type { Frame } from "../frame.ts";
import { evaluate } from "../frame.ts";
import type { Json, Op } from "../scenario.ts";
import { asOp, asText } from "../scenario.ts";
import { written } from "../values.ts";
import { callbackOps } from "./callbacks.ts";
import { jumpOps } from "./jumps.ts";
import type { SyncOp } from "./kinds.ts";
import { objectOps } from "./objects.ts";
import { taskOps } from "./tasks.ts";

const syncOps: { readonly [name: string]: SyncOp } = {
  ...taskOps,
  ...objectOps,
  ...callbackOps,
};

/** Whether `op` ends without waiting, so that a body runs it with `runImmediate`. */
export function isImmediate([name, , inner]: Op): boolean {
  if (name === "let") return isImmediate(asOp(inner));
  return name === "log" || name in syncOps || name in jumpOps;
}

/** Runs an op that does not wait, in a task, in a callback or outside the loop. */
export function runImmediate(frame: Frame, op: Op, path: string): Completion {
  const [name, ...args] = op;
  if (name === "log") {
    frame.world.write(frame.who, "log", path, evaluate(frame, args[0]));
    return NOTHING;
  }
  if (name === "let") return keep(frame, op, runImmediate(frame, asOp(args[1]), path));
  opStarted(frame, path, name);
  try {
    return opEnded(frame, path, outcome(frame, name, args));
  } catch (error) {
    throw opFailed(frame, path, error);
  }
}

function outcome(frame: Frame, name: string, args: readonly Json[]): Completion {
  const jump = jumpOps[name];
  if (jump !== undefined) return jump(frame, ...args);
  const sync = syncOps[name];
  if (sync === undefined) throw new UnsupportedError(`op "${name}"`);
  return normal(written(sync(frame, ...args)));
}

/** The ops of a callback, to the end or to the first exception. */
export function runCallback(frame: Frame, ops: readonly Op[]): void {
  for (const [i, op] of ops.entries()) runImmediate(frame, op, String(i));
}

/** The end of `["let", name, OP]`: the result of OP becomes a local variable. */
export function keep(frame: Frame, [, name]: Op, inner: Completion): Completion {
  if (inner.kind === "normal") frame.locals.set(asText(name), inner.value);
  return inner;
}
