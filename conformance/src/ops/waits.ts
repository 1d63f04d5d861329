import type { Coroutine } from "@tickless/core";
import { coroutine, sleep } from "@tickless/core";

import { evaluate } from "../frame.ts";
import type { Json } from "../scenario.ts";
import { asNumber } from "../scenario.ts";
import type { Wait, WaitOp } from "./kinds.ts";
import { event, lock, queue } from "./objects.ts";
import { gathered } from "./tasks.ts";

const on = (awaitable: Coroutine<unknown>): Wait => ({
  on: awaitable,
  result: (value) => (value ?? null) as Json,
});

/** Ops that wait for one awaitable of the engine. */
export const waitOps: { readonly [name: string]: WaitOp } = {
  sleep: (frame, delay, value) => on(sleep(asNumber(delay), evaluate(frame, value))),
  await: ({ world }, name) => on(world.names.future(name)),
  gather: ({ world }, awaitables, returnExceptions) =>
    gathered(world, awaitables, returnExceptions),
  put: (frame, name, value) => on(queue(frame, name).put(evaluate(frame, value))),
  get: (frame, name) => on(queue(frame, name).get()),
  join: (frame, name) => on(queue(frame, name).join()),
  acquire: (frame, name) => on(lock(frame, name).acquire()),
  // A task runs in a running loop, so this is refused before anything is made of the argument.
  run_until_complete: ({ world }) => on(coroutine(() => world.loop.runUntilComplete(() => null))()),
  wait_event: (frame, name) => on(event(frame, name).wait()),
};
