import { ScenarioError } from "../exceptions.ts";
import { newFrame } from "../frame.ts";
import type { Arg } from "../scenario.ts";
import { asNumber, asOps, asText } from "../scenario.ts";
import type { World } from "../world.ts";
import type { SyncOp } from "./kinds.ts";

/** A callback that says that it runs and then executes its ops under its own name. */
function callback(world: World, label: Arg, ops: Arg): () => void {
  const who = `cb:${asText(label)}`;
  const inside = asOps(ops ?? []);
  return () => {
    world.write(who, "run");
    world.interpreter.callback(newFrame(world, who), inside);
  };
}

/** Ops on the loop's callbacks and timers. */
export const callbackOps: { readonly [name: string]: SyncOp } = {
  call_soon: ({ world }, label, ops) => {
    world.handles.set(asText(label), world.loop.callSoon(callback(world, label, ops)));
  },
  call_later: ({ world }, delay, label, ops) => {
    const handle = world.loop.callLater(asNumber(delay), callback(world, label, ops));
    world.handles.set(asText(label), handle);
  },
  call_at: ({ world }, when, label, ops) => {
    const handle = world.loop.callAt(asNumber(when), callback(world, label, ops));
    world.handles.set(asText(label), handle);
  },
  cancel_handle: ({ world }, label) => {
    const handle = world.handles.get(asText(label));
    if (handle === undefined) throw new ScenarioError("KeyError");
    handle.cancel();
  },

  done_cb: ({ world }, name, label, ops) => {
    const future = world.names.future(name);
    const call = callback(world, label, ops);
    future.addDoneCallback(call);
    const byLabel = world.doneCallbacks.get(future) ?? new Map<string, (() => void)[]>();
    world.doneCallbacks.set(future, byLabel);
    byLabel.set(asText(label), [...(byLabel.get(asText(label)) ?? []), call]);
  },
  remove_done_cb: ({ world }, name, label) => {
    const future = world.names.future(name);
    const byLabel = world.doneCallbacks.get(future);
    const calls = byLabel?.get(asText(label)) ?? [];
    byLabel?.delete(asText(label));
    return calls.reduce((removed, call) => removed + future.removeDoneCallback(call), 0);
  },

  loop_time: ({ world }) => world.loop.time(),
  stop: ({ world }) => world.loop.stop(),
  is_running: ({ world }) => world.loop.isRunning(),
  is_closed: ({ world }) => world.loop.isClosed(),
  close: ({ world }) => world.loop.close(),
};
