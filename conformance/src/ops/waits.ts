import type { Coroutine } from "@tickless/core";
import { coroutine, sleep, waitFor } from "@tickless/core";

import { evaluate } from "../frame.ts";
import { asList, asNumber, asNumberOrNull } from "../scenario.ts";
import { written } from "../values.ts";
import type { Wait, WaitOp } from "./kinds.ts";
import { barrier, condition, event, holds, lock, queue } from "./objects.ts";
import { gathered, shielded, waited } from "./tasks.ts";

const on = (awaitable: Coroutine<unknown>): Wait => ({
  on: awaitable,
  result: written,
});

/** Ops that wait for one awaitable of the engine. */
export const waitOps: { readonly [name: string]: WaitOp } = {
  sleep: (frame, delay, value) => on(sleep(asNumber(delay), evaluate(frame, value))),
  await: ({ world }, name) => on(world.names.future(name)),
  gather: ({ world }, awaitables, returnExceptions) =>
    on(gathered(world, awaitables, returnExceptions)),
  wait: ({ world }, ...args) => waited(world, args),
  wait_for: ({ world }, awaitable, delay) => {
    const inner = world.awaitable(awaitable);
    const most = asNumberOrNull(delay);
    return on(typeof inner === "function" ? waitFor(inner, most) : waitFor(inner, most));
  },
  shield: ({ world }, awaitable = null) => on(shielded(world, awaitable)),
  put: (frame, name, value) => on(queue(frame, name).put(evaluate(frame, value))),
  get: (frame, name) => on(queue(frame, name).get()),
  join: (frame, name) => on(queue(frame, name).join()),
  acquire: (frame, name) => on(lock(frame, name).acquire()),
  // A task runs in a running loop, so this is refused before a task is made of the argument.
  run_until_complete: ({ world }, awaitable) => {
    const main = world.awaitable(awaitable);
    return on(coroutine(() => world.loop.runUntilComplete<unknown>(main))());
  },
  wait_event: (frame, name) => on(event(frame, name).wait()),
  cond_wait: (frame, name) => on(condition(frame, name).wait()),
  cond_wait_for: (frame, name, predicate) =>
    on(condition(frame, name).waitFor(() => holds(frame, asList(predicate)))),
  barrier_wait: (frame, name) => on(barrier(frame, name).wait()),
  barrier_reset: (frame, name) => on(barrier(frame, name).reset()),
  barrier_abort: (frame, name) => on(barrier(frame, name).abort()),
};
