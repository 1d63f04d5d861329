/** Bodies as async functions: a real `await` wherever a user's program would have one. */
// Awaiting what is returned keeps this file a word-for-word twin of generator-bodies.ts.
/* oxlint-disable typescript/return-await */
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

export const asyncBodies: Interpreter = {
  name: "async",
  body: (frame, ops) => () => runBody(frame, ops),
  callback: runCallback,
};

async function runBody(frame: Frame, ops: readonly Op[]): Promise<Json> {
  bodyBegan(frame);
  try {
    return bodyReturned(frame, await runOps(frame, ops, ""));
  } catch (error) {
    throw bodyRaised(frame, error);
  }
}

async function runOps(frame: Frame, ops: readonly Op[], prefix: string): Promise<Completion> {
  for (const [i, op] of ops.entries()) {
    const path = `${prefix}${i}`;
    const end = isImmediate(op) ? runImmediate(frame, op, path) : await runOp(frame, op, path);
    if (end.kind !== "normal") return end;
  }
  return NOTHING;
}

async function runOp(frame: Frame, op: Op, path: string): Promise<Completion> {
  if (op[0] === "let") return keep(frame, op, await runOp(frame, asOp(op[2]), path));
  opStarted(frame, path, op[0]);
  try {
    return opEnded(frame, path, await outcome(frame, op, path));
  } catch (error) {
    throw opFailed(frame, path, error);
  }
}

async function outcome(frame: Frame, [name, ...args]: Op, path: string): Promise<Completion> {
  const wait = waitOps[name]?.(frame, ...args);
  if (wait !== undefined) {
    return normal(wait.result(await wait.on));
  }
  const inside = (): Promise<Completion> => runOps(frame, asOps(args[1]), `${path}.`);
  const block = blockOps[name]?.(frame, args, inside);
  if (block !== undefined) {
    return block.result(await block.on);
  }
  switch (name) {
    case "try":
      return await tried(frame, asTry(args[0]), path);
    case "loop":
      return await looped(frame, args, path);
    case "if": {
      const { ops, prefix } = branch(frame, args, path);
      return await runOps(frame, ops, prefix);
    }
    case "call": {
      const inner = callee(frame, args);
      return normal(await runBody(inner.frame, inner.ops));
    }
    case "as_completed":
      return normal(await completed(frame, args, path));
    default:
      throw new UnsupportedError(`op "${name}"`);
  }
}

async function looped(frame: Frame, args: readonly Json[], path: string): Promise<Completion> {
  const { count, ops, prefix } = rounds(args, path);
  for (let round = 0; round < count; round++) {
    const end = await runOps(frame, ops, prefix);
    if (end.kind === "return") return end;
    if (end.kind === "break") break;
  }
  return NOTHING;
}

async function completed(frame: Frame, args: readonly Json[], path: string): Promise<Json> {
  const items: Json[] = [];
  for (const next of inOrderOfCompletion(frame.world, args)) {
    let item: Json;
    try {
      item = written(await next);
    } catch (error) {
      item = missedItem(error);
    }
    items.push(item);
    itemCame(frame, path, item);
  }
  return items;
}

async function tried(frame: Frame, spec: TrySpec, path: string): Promise<Completion> {
  const last = spec.finally ?? [];
  let end: Completion;
  try {
    end = await handled(frame, spec, path);
  } catch (error) {
    const leaving = await runOps(frame, last, `${path}f.`);
    if (leaving.kind !== "normal") return leaving;
    throw error;
  }
  const leaving = await runOps(frame, last, `${path}f.`);
  return leaving.kind === "normal" ? end : leaving;
}

async function handled(frame: Frame, spec: TrySpec, path: string): Promise<Completion> {
  let end: Completion;
  try {
    end = await runOps(frame, spec.body, `${path}b.`);
  } catch (error) {
    const { ops, prefix } = handlerFor(error, spec, path);
    handlerEntered(frame, path, error);
    try {
      return await runOps(frame, ops, prefix);
    } finally {
      frame.handling.pop();
    }
  }
  return end.kind === "normal" ? await runOps(frame, spec.else ?? [], `${path}e.`) : end;
}
