import { driver, leave, type Scope } from "./context.ts";
import type { Loop } from "./loop.ts";
import {
  currentFrame,
  drainMicrotasks,
  drainWorks,
  environment,
  type Frame,
  postMacrotask,
  takeRejections,
  wallTimeMs,
} from "./host.ts";

/**
 * Runs loops in slices of macrotasks, and after each step lets every microtask and tick that the
 * step caused finish (rule S4). This is the only file that knows of microtasks.
 *
 * The reference is one macrotask a step. They are posted in batches, which Node runs with a full
 * drain between any two and nothing else. The accelerator drains from inside one macrotask, and is
 * used where a look at load time shows that it works. Both give the same order.
 */

/** What a loop tells of one turn. */
export const RAN = 0;
/** It waits for an `external` call. */
export const PARKED = 1;
export const ENDED = 2;
export type Turn = typeof RAN | typeof PARKED | typeof ENDED;

/** A loop, as the driver sees it. */
export interface Driven {
  readonly drain: "auto" | "reference";
  turn(): Turn;
  /** The last slice is over: settles what outside code awaits. */
  finish(): void;
  /** A promise stayed unhandled to the end of a drain. */
  rejected(reason: unknown, promise: unknown): void;
  /** One of those was handled after all. */
  handled(promise: unknown): void;
  readonly between: BetweenSlices;
}

/** What is kept of a loop from one slice to the next, so that where a slice ends changes nothing. */
export interface BetweenSlices {
  /** Whose step was the last. */
  scope: Scope | null;
  /** Where the drive began: all its slices run there (rule S4.14). Null while there is none. */
  frame: Frame | null;
}

/** How long a loop may keep real timers waiting. */
const SLICE_MS = 8;
/** Steps between two looks at the wall clock; and macrotasks posted in one go. */
const STEPS_PER_LOOK = 64;

/** Gives `loop` slices until it ends or parks; also when it was parked and has work again. */
export function rouse(loop: Driven): void {
  const { runnable } = driver as { runnable: Driven[] };
  loop.between.frame ??= currentFrame();
  if (!runnable.includes(loop)) runnable.push(loop);
  post();
}

/** Runs `loop` to its end on the caller's stack. Nothing is drained: there is nothing to drain. */
export function driveSync(loop: Driven): void {
  const around = driver.loop;
  setLoop(loop);
  try {
    while (loop.turn() === RAN) {
      // Each turn is one step.
    }
  } finally {
    setLoop(around);
  }
  loop.finish();
}

/** The loop whose step is going on from now. */
function setLoop(loop: Driven | null): void {
  driver.debugged?.paused();
  driver.loop?.surroundings?.leave();
  driver.loop = loop as Loop | null;
  driver.loop?.surroundings?.enter();
  driver.debugged = driver.loop?.debugMode ?? null;
  driver.step = null;
  driver.origin = null;
}

function post(): void {
  const [next] = driver.runnable as Driven[];
  if (driver.posted || next === undefined) return;
  driver.posted = true;
  // Not in the scope of whoever asked: what the macrotask runs belongs to nobody until a step begins.
  const posting = (): unknown => leave(() => postMacrotask(begin));
  const { frame } = next.between;
  if (frame === null) posting();
  else frame.runInAsyncScope(posting);
}

function begin(): void {
  driver.posted = false;
  driver.accelerates ??= environment("TICKLESS_DRAIN") !== "reference" && drainWorks();
  const loop: Driven | undefined = driver.runnable.shift();
  if (loop === undefined) return;
  if (driver.accelerates && loop.drain === "auto") accelerated(loop);
  else reference(loop);
}

function accelerated(loop: Driven): void {
  const end = open(loop);
  let turn: Turn = RAN;
  let whole = false;
  try {
    const until = wallTimeMs() + SLICE_MS;
    for (let steps = 1; ; steps++) {
      turn = loop.turn();
      if (turn !== RAN) break;
      drainMicrotasks();
      if (steps % STEPS_PER_LOOK === 0 && wallTimeMs() > until) break;
    }
    whole = true;
  } finally {
    // An exception of a user's `nextTick` comes through here. It is not caught: that would leave
    // Node's own stack of hooks behind, and abort the process. The loop goes on in a new slice.
    end(whole ? turn : RAN);
  }
}

function reference(loop: Driven): void {
  let end: ((turn: Turn) => void) | null = null;
  let turn: Turn = RAN;
  driver.posted = true;
  const step = (): void => {
    if (turn !== RAN) return;
    end ??= open(loop);
    turn = loop.turn();
    // Nothing was run, so there is nothing to drain: the slice is over before the batch is.
    if (turn !== RAN) end(turn);
  };
  leave(() => {
    for (let i = 0; i < STEPS_PER_LOOK; i++) postMacrotask(step);
    postMacrotask(() => {
      driver.posted = false;
      if (turn === RAN) end?.(turn);
      else post();
    });
  });
}

/** Begins a slice. Answers what ends it. */
function open(loop: Driven): (turn: Turn) => void {
  setLoop(loop);
  driver.step = loop.between.scope;
  const giveBack = takeRejections(
    (reason, promise) => loop.rejected(reason, promise),
    (promise) => loop.handled(promise),
  );
  return (turn) => {
    giveBack();
    loop.between.scope = driver.step;
    setLoop(null);
    if (turn === RAN) driver.runnable.push(loop as Loop);
    if (turn === ENDED) {
      loop.between.frame = null;
      loop.finish();
    }
    for (const settle of driver.afterSlice.splice(0)) settle();
    post();
  };
}
