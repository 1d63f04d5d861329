import type { Probe } from "@tickless/core/kit";
import type { TraceEvent } from "./event.ts";
import type { TraceNote } from "./note.ts";

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

/** Tells a probe of an event: the reverse of `eventProbe`. */
export function tell(probe: Required<Probe>, one: TraceEvent): void {
  const { event, cause } = one;
  switch (one.kind) {
    case "begin":
      // Who drives the run is no part of the event: the header of a trace has it.
      return probe.begin(event, one.seed, one.now, one.timeUnit, "loop");
    case "name":
      return probe.name(event, cause, one.id, one.parent, one.type, one.segment);
    case "time":
      return probe.time(event, one.now);
    case "timer":
      return probe.timer(event, cause, one.when);
    case "step":
      return probe.step(event, cause, one.task);
    case "callback":
      return probe.callback(event, cause, one.task);
    case "wait":
      return probe.wait(event, cause, one.task, one.on, one.object, one.until, one.op);
    case "arm":
      return probe.arm(event, cause, one.task, one.when);
    case "operation":
      return probe.operation(event, cause, one.task, one.object, one.name, one.state);
    case "settle":
      return probe.settle(event, cause, one.object, one.outcome);
    case "cancel":
      return probe.cancel(event, cause, one.by, one.task);
    case "choice":
      return probe.choice(event, cause, one.on, one.count, one.picked);
    case "draw":
      return probe.draw(event, cause, one.stream);
    case "external":
      return probe.external(event, cause, one.call, one.encoded);
    case "end":
      return probe.end(event, one.reason);
  }
}

/** Tells a probe of a note. */
export function tellNote(probe: Required<Probe>, note: TraceNote): void {
  if (note.kind === "log") probe.log(note.event, note.task, note.text);
  else if (note.kind === "mark") probe.mark(note.event, note.task, note.name, note.value);
  else probe.counter(note.event, note.task, note.name, note.value);
}
