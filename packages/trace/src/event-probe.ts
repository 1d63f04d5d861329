import type { Probe } from "@tickless/core/kit";
import type { TraceEvent } from "./event.ts";

/** A probe that hands every event to `take` as plain data. */
export function eventProbe(take: (event: TraceEvent) => void): Probe {
  return {
    begin: (event, seed, now, timeUnit) =>
      take({ event, cause: 0, kind: "begin", seed, now, timeUnit }),
    name: (event, cause, id, parent, type, segment) =>
      take({ event, cause, kind: "name", id, parent, type, segment }),
    time: (event, now) => take({ event, cause: 0, kind: "time", now }),
    timer: (event, cause, when) => take({ event, cause, kind: "timer", when }),
    step: (event, cause, task) => take({ event, cause, kind: "step", task }),
    callback: (event, cause, task) => take({ event, cause, kind: "callback", task }),
    wait: (event, cause, task, on, object, until, op) =>
      take({ event, cause, kind: "wait", task, on, object, until, op }),
    arm: (event, cause, task, when) => take({ event, cause, kind: "arm", task, when }),
    operation: (event, cause, task, object, name, state) =>
      take({ event, cause, kind: "operation", task, object, name, state }),
    settle: (event, cause, object, outcome) =>
      take({ event, cause, kind: "settle", object, outcome }),
    cancel: (event, cause, by, task) => take({ event, cause, kind: "cancel", by, task }),
    choice: (event, cause, on, count, picked) =>
      take({ event, cause, kind: "choice", on, count, picked }),
    draw: (event, cause, stream) => take({ event, cause, kind: "draw", stream }),
    external: (event, cause, call, encoded) =>
      take({ event, cause, kind: "external", call, encoded }),
    end: (event, reason) => take({ event, cause: 0, kind: "end", reason }),
  };
}
