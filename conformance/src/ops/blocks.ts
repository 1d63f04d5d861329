import type { Coroutine, Timeout } from "@tickless/core";
import { timeout, timeoutAt } from "@tickless/core";

import type { Completion } from "../completion.ts";
import { normal } from "../completion.ts";
import type { Frame } from "../frame.ts";
import type { Arg } from "../scenario.ts";
import { asNumber, asText } from "../scenario.ts";
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

const limit = (arg: Arg): number | null => (arg === null ? null : asNumber(arg));

/** Ops that run the list of ops in their second argument inside something that is left again. */
export const blockOps: { readonly [name: string]: BlockOp } = {
  timeout: (frame, [delay, , name], inside) =>
    limited((body) => timeout(limit(delay), body), frame, name, inside),
  timeout_at: (frame, [when, , name], inside) =>
    limited((body) => timeoutAt(limit(when), body), frame, name, inside),
  with: (frame, [name], inside) => ({
    on: lock(frame, name).withLock(inside),
    result: (end) => end,
  }),
};
