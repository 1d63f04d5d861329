import type { Coroutine, Timeout } from "@tickless/core";
import { taskGroup, timeout, timeoutAt } from "@tickless/core";
import { Semaphore } from "@tickless/sync";

import type { Completion } from "../completion.ts";
import { normal } from "../completion.ts";
import type { Frame } from "../frame.ts";
import type { Arg } from "../scenario.ts";
import { asNumberOrNull, asText } from "../scenario.ts";
import type { Block, BlockOp, Inside } from "./kinds.ts";
import { lock } from "./objects.ts";

function limited(
  start: (body: (scope: Timeout) => ReturnType<Inside>) => Coroutine<Completion>,
  { world }: Frame,
  name: Arg,
  inside: Inside,
): Block {
  let expired = (): boolean => false;
  const on = start((scope) => {
    expired = () => scope.expired();
    if (name !== undefined) world.timeouts.set(asText(name), scope);
    return inside();
  });
  const result = (end: Completion): Completion =>
    end.kind === "normal" ? normal({ expired: expired() }) : end;
  return { on, result };
}

const asItEnds = (on: Coroutine<Completion>): Block => ({ on, result: (end) => end });

/** Ops that run the list of ops in their second argument inside something that is left again. */
export const blockOps: { readonly [name: string]: BlockOp } = {
  timeout: (frame, [delay, , name], inside) =>
    limited((body) => timeout(asNumberOrNull(delay), body), frame, name, inside),
  timeout_at: (frame, [when, , name], inside) =>
    limited((body) => timeoutAt(asNumberOrNull(when), body), frame, name, inside),
  with: (frame, [name], inside) => {
    const held = lock(frame, name);
    return asItEnds(held instanceof Semaphore ? held.withPermit(inside) : held.withLock(inside));
  },
  taskgroup: ({ world }, [name], inside) =>
    asItEnds(
      taskGroup((group) => {
        world.groups.set(asText(name), group);
        return inside();
      }),
    ),
};
