import type { Loop, Task } from "@tickless/core";
import { badRange, type Simulation } from "@tickless/core/kit";
import { TraceError } from "./errors.ts";
import type { TraceEvent } from "./event.ts";
import type { ReplayResult } from "./replay-result.ts";
import type { ReplayPoint } from "./replay-options.ts";
import type { TraceSource } from "./trace.ts";

/**
 * A replayed run that stands still between two steps. Its loop may be looked at and driven: `step()`,
 * `peek()`, `time()`, `allTasks(loop)`, `task.path`. Whatever it does is compared with the trace.
 */
export class LiveRun<T> {
  readonly #simulation: Simulation<T>;
  readonly #latest: () => number;
  readonly #finish: () => Promise<ReplayResult<T>>;

  /** @internal */
  constructor(
    simulation: Simulation<T>,
    latest: () => number,
    finish: () => Promise<ReplayResult<T>>,
  ) {
    this.#simulation = simulation;
    this.#latest = latest;
    this.#finish = finish;
  }

  /** Its loop. */
  get loop(): Loop {
    return this.#simulation.loop;
  }

  /** The task of `main`. */
  get main(): Task<T> {
    return this.#simulation.main;
  }

  /** Number of the latest event that has happened. */
  get event(): number {
    return this.#latest();
  }

  /** Virtual time. */
  get now(): number {
    return this.#simulation.loop.now;
  }

  /** Goes on to the end, as the replay would have gone without `until`. */
  finish(): Promise<ReplayResult<T>> {
    return this.#finish();
  }
}

/** What comes between two steps: it happens only when the step after it is to run. */
const between = new Set(["time", "timer", "choice", "external", "end"]);

function numberOf(trace: TraceSource, point: ReplayPoint): number {
  if ("event" in point) {
    if (point.event <= trace.last) return point.event;
    throw badRange("options.until.event", `an event of the trace, 1 to ${trace.last}`, point.event);
  }
  if (trace.header.start >= point.time) return 1;
  let now = trace.header.start;
  for (const event of trace.events()) {
    if (event.kind !== "time") continue;
    ({ now } = event);
    if (now >= point.time) return event.event;
  }
  throw badRange("options.until.time", `a time of the run, which ends at ${now}`, point.time);
}

/** A choice that is made in a step: the program's own (`choose`), or how late a timer is that it arms. */
function isOwnChoice(event: TraceEvent): boolean {
  return event.kind === "choice" && (event.on === "choose" || event.on === "jitter");
}

function isStep({ kind }: TraceEvent): boolean {
  return kind === "step" || kind === "callback";
}

/**
 * How many steps of the recorded run come before `point`. A step is begun by an event `step` or
 * `callback`, and belongs as a whole to what comes before or to what does not. Nothing is run past the
 * step in which main ends, since that ends the run.
 */
export function stepsBefore(trace: TraceSource, point: ReplayPoint): number {
  if (trace.first > 1) {
    throw new TraceError(
      "ERR_TRACE_GAP",
      `The recording has let go of the events before ${trace.first}, so nobody can count the steps. Record ` +
        "the run anew without a ring, from its repro line or its seed.",
    );
  }
  const number = numberOf(trace, point);
  const target = trace.event(number);
  let steps = 0;
  let main = -1;
  for (const event of trace.events(1, number)) {
    if (event.kind === "name" && main < 0) main = event.id;
    if (event.kind === "settle" && event.object === main && trace.header.options.until === null) {
      return steps - 1;
    }
    if (isStep(event) && event !== target && event.event < number) steps++;
  }
  const outside = between.has(target.kind) && !isOwnChoice(target);
  return outside || isStep(target) ? steps : Math.max(0, steps - 1);
}
