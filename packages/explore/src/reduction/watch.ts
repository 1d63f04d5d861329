import type { Policy, Probe } from "@tickless/core/kit";
import type { Pilot } from "../pilot.ts";
import type { Execution } from "./execution.ts";

/** Who wants to know what steps do. */
interface Watcher {
  /** That of the present schedule. */
  execution(): Execution;
  /** A step begins, made ready by event `cause`. */
  begin(event: number, cause: number): void;
  /** The step before is over. */
  end(): void;
}

/** The pilot as the policy of runs in which it matters what is looked at. */
export function watchedPolicy(pilot: Pilot, execution: () => Execution): Policy {
  return {
    choose: (kind, count, task) => pilot.choose(kind, count, task),
    external: () => pilot.external(),
    touch(id) {
      if (id >= 0) execution().touch(pilot.cast.numberOf(id), false);
    },
  };
}

/** A probe that writes down what each step touches. It is to stand behind the pilot in the list of probes. */
export function footprintProbe(pilot: Pilot, watcher: Watcher): Probe {
  const touch = (id: number, changed: boolean): void => {
    if (id >= 0) watcher.execution().touch(pilot.cast.numberOf(id), changed);
  };
  return {
    time(_event, now) {
      watcher.end();
      watcher.execution().timeMoves(now);
    },
    step(event, cause, task) {
      watcher.begin(event, cause);
      // Whoever cancels the task changes what its next step does.
      touch(task, false);
    },
    callback: (event, cause) => watcher.begin(event, cause),
    // Tasks and futures tell all who wait; of everything else there is a line to stand in.
    wait: (_event, _cause, _task, kind, object) =>
      touch(object, kind !== "task" && kind !== "future"),
    operation: (_event, _cause, _task, object, name) => touch(object, name !== "read"),
    settle: (_event, _cause, id) => touch(id, true),
    cancel: (_event, _cause, _by, task) => touch(task, true),
    draw: (_event, _cause, stream) => watcher.execution().touch(`stream ${stream}`, true),
    mark: (_event, _task, name) => watcher.execution().touch(`mark ${name}`, true),
  };
}
