import { describeEvent, textOf } from "../describe.ts";
import type { EventOf, TraceEvent } from "../event.ts";
import { NEVER } from "../fact-ends.ts";
import type { TimeTravel } from "../time-travel.ts";
import { ChromeClock, type Phase, STEP_ENDS, WAIT_BEGINS, WAIT_ENDS } from "./chrome-clock.ts";
import { type ChromeEvent, PID, Tracks } from "./chrome-tracks.ts";
import { type Exporter, type ExportOptions, windowOf } from "./exporter.ts";

/** Operations after which an object holds what it did before, or that tell of another number. */
const uncounted: ReadonlySet<string> = new Set(["taskDone", "notify", "notifyAll"]);

/** Makes the events of the format, in the order of the trace. */
class ChromeWriter {
  readonly #travel: TimeTravel;
  readonly #clock: ChromeClock;
  readonly #tracks: Tracks;
  readonly #from: number;
  readonly #to: number;
  readonly #task: string | undefined;
  readonly #matches: (event: number) => boolean;

  constructor(travel: TimeTravel, options: ExportOptions) {
    this.#travel = travel;
    this.#clock = new ChromeClock(travel);
    this.#tracks = new Tracks(travel);
    [this.#from, this.#to] = windowOf(travel, options);
    this.#task = options.task;
    this.#matches = travel.matcher({ task: this.#task });
  }

  *events(): Generator<ChromeEvent, void, undefined> {
    const { program } = this.#travel.trace.header;
    const name = program === null ? "a program without a name" : program.file;
    yield { ph: "M", pid: PID, name: "process_name", args: { name } };
    yield* this.#before();
    for (const event of this.#travel.search({ from: this.#from, to: this.#to, task: this.#task })) {
      const made = this.#of(event);
      yield* this.#tracks.takeNews();
      yield* made;
    }
    yield* this.#notes();
  }

  /** What had begun before the window, and lasts into it. */
  *#before(): Generator<ChromeEvent, void, undefined> {
    if (this.#from <= this.#travel.first) return;
    for (const fact of this.#travel.factsAfter(this.#from - 1)) {
      if (!this.#matches(fact)) continue;
      const event = this.#travel.event(fact);
      const made =
        event.kind === "wait"
          ? this.#wait(event)
          : event.kind === "operation"
            ? this.#counter(event, this.#from)
            : [];
      yield* this.#tracks.takeNews();
      yield* made;
    }
  }

  #of(event: TraceEvent): ChromeEvent[] {
    switch (event.kind) {
      case "step":
        return this.#step(event);
      case "callback":
        return [this.#slice(event, this.#tracks.callbacks(), "callback")];
      case "wait":
        return this.#wait(event);
      case "operation":
        return [this.#instant(event), ...this.#counter(event, event.event)];
      case "cancel":
      case "settle":
      case "external":
      case "choice":
        return [this.#instant(event)];
      case "begin":
      case "name":
      case "time":
      case "timer":
      case "arm":
      case "draw":
      case "end":
      default:
        return [];
    }
  }

  #span(ts: number, end: number): { readonly ts: number; readonly dur: number } {
    return { ts, dur: Math.max(0, Math.round((end - ts) * 1e3) / 1e3) };
  }

  /** Where the step, callback or timer is over in which event number `event` happened. */
  #afterStep(event: number, phase: Phase): number {
    return this.#clock.micros(Math.min(this.#to, this.#travel.lastOfStep(event)), phase);
  }

  #slice(event: TraceEvent, tid: number, cat: string): ChromeEvent {
    const { index } = this.#travel;
    const { event: number, cause } = event;
    const span = this.#span(this.#clock.micros(number), this.#afterStep(number, STEP_ENDS));
    const { who, what } = textOf(event, index);
    const name = cat === "callback" ? who : what;
    return { ph: "X", pid: PID, tid, name, cat, ...span, args: { event: number, cause } };
  }

  #step(event: EventOf<"step">): ChromeEvent[] {
    const slice = this.#slice(event, this.#tracks.of(event.task), "step");
    return [slice, ...this.#flow(event)];
  }

  /** An arrow from where another task did what made this one go on. */
  #flow({ event, cause, task }: EventOf<"step">): ChromeEvent[] {
    const from = this.#travel.stepOf(cause);
    if (from === undefined || from.event < this.#from || !this.#matches(from.event)) return [];
    if (from.kind === "step" && from.task === task) return [];
    const tid = from.kind === "step" ? this.#tracks.of(from.task) : this.#tracks.callbacks();
    const flow = { pid: PID, name: "cause", cat: "cause", id: event };
    return [
      { ph: "s", tid, ts: this.#clock.micros(cause), ...flow },
      { ph: "f", bp: "e", tid: this.#tracks.of(task), ts: this.#clock.micros(event), ...flow },
    ];
  }

  /** A wait is drawn from the end of the step in which it begins, so that the two do not overlap. */
  #wait(event: EventOf<"wait">): ChromeEvent[] {
    const { index } = this.#travel;
    const end = this.#travel.endOf(event.event);
    const tid = this.#tracks.ofWait(event.task, event.event, end);
    const object = event.object < 0 ? "" : ` ${index.pathOf(event.object)}`;
    const op = event.op === "" ? "" : ` (${event.op})`;
    const args = {
      event: event.event,
      what: textOf(event, index).what,
      endedBy: end === NEVER ? null : this.#travel.event(end).cause,
    };
    const before = event.event < this.#from;
    const start = before
      ? this.#clock.micros(this.#from, WAIT_ENDS)
      : this.#afterStep(event.event, WAIT_BEGINS);
    const over =
      end > this.#to
        ? this.#clock.micros(this.#to, WAIT_BEGINS)
        : this.#clock.micros(end, WAIT_ENDS);
    const span = this.#span(start, over);
    return [
      { ph: "X", pid: PID, tid, name: `${event.on}${object}${op}`, cat: "wait", ...span, args },
    ];
  }

  #counter({ object, name, state }: EventOf<"operation">, at: number): ChromeEvent[] {
    if (uncounted.has(name)) return [];
    const { index } = this.#travel;
    const series = `${index.typeOf(object)} ${index.pathOf(object)}`;
    return [
      { ph: "C", pid: PID, name: series, ts: this.#clock.micros(at), args: { holds: state } },
    ];
  }

  #instant(event: TraceEvent): ChromeEvent {
    const { index } = this.#travel;
    const task = index.taskOf(event);
    const tid = task < 0 ? this.#tracks.callbacks() : this.#tracks.of(task);
    const { event: number, cause, kind } = event;
    const ts = this.#clock.micros(number);
    const name = describeEvent(event, index);
    return { ph: "i", s: "t", pid: PID, tid, name, cat: kind, ts, args: { event: number, cause } };
  }

  /** Marks and log lines of the program as instants, its counters as counters. */
  *#notes(): Generator<ChromeEvent, void, undefined> {
    for (const note of this.#travel.trace.notes(this.#from, this.#to)) {
      const ts = this.#clock.micros(note.event);
      if (note.kind === "counter") {
        yield { ph: "C", pid: PID, name: note.name, ts, args: { value: note.value } };
        continue;
      }
      const tid = note.task < 0 ? this.#tracks.callbacks() : this.#tracks.of(note.task);
      yield* this.#tracks.takeNews();
      const [name, args] =
        note.kind === "mark" ? [note.name, { value: note.value }] : [note.text, {}];
      yield { ph: "i", s: "t", pid: PID, tid, name, cat: note.kind, ts, args };
    }
  }
}

function* write(
  travel: TimeTravel,
  options: ExportOptions = {},
): Generator<string, void, undefined> {
  const { header, fingerprint } = travel.trace;
  yield `{"displayTimeUnit":"ms","otherData":${JSON.stringify({ ...header, fingerprint })},"traceEvents":[`;
  let comma = "\n";
  for (const event of new ChromeWriter(travel, options).events()) {
    yield comma + JSON.stringify(event);
    comma = ",\n";
  }
  yield "\n]}\n";
}

/**
 * Trace-event JSON, as Chrome's own viewers and Perfetto open it ("Trace Event Format", Google 2016):
 * tasks as tracks, steps and waits as slices, causes as flow arrows, what objects hold as counters.
 */
export const chrome: Exporter = {
  name: "chrome",
  summary: "Chrome trace-event JSON for Perfetto: tracks of steps and waits, causes, queue lengths",
  extension: ".json",
  write,
};
