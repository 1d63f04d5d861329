/** Bodies as generators: `yield*` wherever async-bodies.ts has an `await`; nothing else differs. */
import type { FlowOf } from "@tickless/core";

import type { Completion } from "./completion.ts";
import { normal, NOTHING } from "./completion.ts";
import { branch, callee, handlerFor, missedItem, rounds } from "./control.ts";
import {
  bodyBegan,
  bodyRaised,
  bodyReturned,
  handlerEntered,
  itemCame,
  opEnded,
  opFailed,
  opStarted,
} from "./events.ts";
import { UnsupportedError } from "./exceptions.ts";
import type { Frame } from "./frame.ts";
import { blockOps } from "./ops/blocks.ts";
import { isImmediate, keep, runCallback, runImmediate } from "./ops/immediate.ts";
import { inOrderOfCompletion } from "./ops/tasks.ts";
import { waitOps } from "./ops/waits.ts";
import type { Json, Op, TrySpec } from "./scenario.ts";
import { asOp, asOps, asTry } from "./scenario.ts";
import { written } from "./values.ts";
import type { Interpreter } from "./world.ts";

export const generatorBodies: Interpreter = {
  name: "generator",
  body: (frame, ops) => () => runBody(frame, ops),
  callback: runCallback,
};

function* runBody(frame: Frame, ops: readonly Op[]): FlowOf<Json> {
  bodyBegan(frame);
  try {
    return bodyReturned(frame, yield* runOps(frame, ops, ""));
  } catch (error) {
    throw bodyRaised(frame, error);
  }
}

function* runOps(frame: Frame, ops: readonly Op[], prefix: string): FlowOf<Completion> {
  for (const [i, op] of ops.entries()) {
    const path = `${prefix}${i}`;
    const end = isImmediate(op) ? runImmediate(frame, op, path) : yield* runOp(frame, op, path);
    if (end.kind !== "normal") return end;
  }
  return NOTHING;
}

function* runOp(frame: Frame, op: Op, path: string): FlowOf<Completion> {
  if (op[0] === "let") return keep(frame, op, yield* runOp(frame, asOp(op[2]), path));
  opStarted(frame, path, op[0]);
  try {
    return opEnded(frame, path, yield* outcome(frame, op, path));
  } catch (error) {
    throw opFailed(frame, path, error);
  }
}

function* outcome(frame: Frame, [name, ...args]: Op, path: string): FlowOf<Completion> {
  const wait = waitOps[name]?.(frame, ...args);
  if (wait !== undefined) {
    return normal(wait.result(yield* wait.on));
  }
  const inside = (): FlowOf<Completion> => runOps(frame, asOps(args[1]), `${path}.`);
  const block = blockOps[name]?.(frame, args, inside);
  if (block !== undefined) {
    return block.result(yield* block.on);
  }
  switch (name) {
    case "try":
      return yield* tried(frame, asTry(args[0]), path);
    case "loop":
      return yield* looped(frame, args, path);
    case "if": {
      const { ops, prefix } = branch(frame, args, path);
      return yield* runOps(frame, ops, prefix);
    }
    case "call": {
      const inner = callee(frame, args);
      return normal(yield* runBody(inner.frame, inner.ops));
    }
    case "as_completed":
      return normal(yield* completed(frame, args, path));
    default:
      throw new UnsupportedError(`op "${name}"`);
  }
}

function* looped(frame: Frame, args: readonly Json[], path: string): FlowOf<Completion> {
  const { count, ops, prefix } = rounds(args, path);
  for (let round = 0; round < count; round++) {
    const end = yield* runOps(frame, ops, prefix);
    if (end.kind === "return") return end;
    if (end.kind === "break") break;
  }
  return NOTHING;
}

function* completed(frame: Frame, args: readonly Json[], path: string): FlowOf<Json> {
  const items: Json[] = [];
  for (const next of inOrderOfCompletion(frame.world, args)) {
    let item: Json;
    try {
      item = written(yield* next);
    } catch (error) {
      item = missedItem(error);
    }
    items.push(item);
    itemCame(frame, path, item);
  }
  return items;
}

function* tried(frame: Frame, spec: TrySpec, path: string): FlowOf<Completion> {
  const last = spec.finally ?? [];
  let end: Completion;
  try {
    end = yield* handled(frame, spec, path);
  } catch (error) {
    const leaving = yield* runOps(frame, last, `${path}f.`);
    if (leaving.kind !== "normal") return leaving;
    throw error;
  }
  const leaving = yield* runOps(frame, last, `${path}f.`);
  return leaving.kind === "normal" ? end : leaving;
}

function* handled(frame: Frame, spec: TrySpec, path: string): FlowOf<Completion> {
  let end: Completion;
  try {
    end = yield* runOps(frame, spec.body, `${path}b.`);
  } catch (error) {
    const { ops, prefix } = handlerFor(error, spec, path);
    handlerEntered(frame, path, error);
    try {
      return yield* runOps(frame, ops, prefix);
    } finally {
      frame.handling.pop();
    }
  }
  return end.kind === "normal" ? yield* runOps(frame, spec.else ?? [], `${path}e.`) : end;
}
