/** The four kinds of ops that are not control flow, each written once for every kind of body. */
import type { Coroutine, FlowOf } from "@tickless/core";

import type { Completion } from "../completion.ts";
import type { Frame } from "../frame.ts";
import type { Arg, Json } from "../scenario.ts";

/** Ends at once with a result; undefined stands for null. */
export type SyncOp = (frame: Frame, ...args: Arg[]) => unknown;

/** Ends at once and changes where the program goes on. */
export type JumpOp = (frame: Frame, ...args: Arg[]) => Completion;

/** What a body has to await, a future or a coroutine, and the result to write when it is there. */
export interface Wait {
  readonly on: Coroutine<unknown>;
  result(value: unknown): Json;
}
export type WaitOp = (frame: Frame, ...args: Arg[]) => Wait;

/** The ops inside a block, as the kind of body at hand runs them. */
export type Inside = () => Promise<Completion> | FlowOf<Completion>;

/** A block to await, and how its op ends when the ops inside have ended so. */
export interface Block {
  readonly on: Coroutine<Completion>;
  result(inside: Completion): Completion;
}
export type BlockOp = (frame: Frame, args: readonly Arg[], inside: Inside) => Block;
