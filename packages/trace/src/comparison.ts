import { getRunningLoop, type Loop } from "@tickless/core";
import {
  type ChoiceKind,
  type Policy,
  type Probe,
  readyTasks,
  whereIs,
  whereNow,
} from "@tickless/core/kit";
import type { MarkNote } from "./note.ts";
import { outcomesOf } from "./decisions.ts";
import { type Difference, type Divergence, divergenceOf } from "./divergence.ts";
import { DivergenceError, TraceError } from "./errors.ts";
import { type EventOf, fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import { eventProbe } from "./event-probe.ts";
import { sameEvent } from "./first-difference.ts";
import { type Reading, readingOf } from "./readings.ts";
import { seededChoices } from "./seeded-choices.ts";
import { pathsOf } from "./causes.ts";
import { TraceIndex } from "./trace-index.ts";
import type { TraceProgram, TraceSource } from "./trace.ts";

/** What a comparison is told for its report. */
export interface ComparisonContext {
  readonly notice: string | null;
  readonly program: TraceProgram | undefined;
  readonly unchanged: boolean;
  readonly traceFile: string | undefined;
  /** Whether somebody notes what the program reads outside the run. */
  readonly watched: boolean;
  /** Number of the run, where a program is run several times one after the other. */
  readonly run?: number | undefined;
}

/** How far a comparison goes, and what comes then. */
export interface ComparisonMode {
  /** Goes on by itself where the trace ends or the run differs; else that stops it. */
  readonly prefix: boolean;
  /** The last event that is followed. */
  readonly follow: number;
  /** Who chooses then. Default: the seed. */
  readonly policy: Policy | undefined;
}

/** What tells of something that happens inside a step, so that the stack is that of the program. */
const outsideSteps = new Set([
  "begin",
  "time",
  "timer",
  "step",
  "callback",
  "choice",
  "external",
  "end",
]);

function runningLoop(): Loop | null {
  try {
    return getRunningLoop();
  } catch {
    return null;
  }
}

/**
 * Holds a run against a trace: a probe that throws at the first event that differs, and a policy
 * that takes from the trace what the program does not determine. Ids count by what they stand for:
 * names come in the same order, so each name event tells which ids correspond.
 */
export class Comparison {
  readonly probe: Probe = {
    ...eventProbe((event) => this.#take(event)),
    mark: (event, task, name, value) => this.#note({ kind: "mark", event, task, name, value }),
  };
  readonly policy: Policy;
  /** The first difference, once there is one. Unless it goes on by itself, it is thrown again at every event after it. */
  failure: DivergenceError | null = null;
  /** Set where the recording ends before its run did, once the replay has come that far. */
  over: TraceError | null = null;
  /** Number of the latest event of this run. */
  latest = 0;
  /** Whether the trace has been left, and the run goes on by itself. */
  free = false;
  /** The loop of the run, where it is known before its first step. */
  loop: Loop | null = null;
  readonly #trace: TraceSource;
  readonly #mode: ComparisonMode;
  readonly #context: ComparisonContext;
  readonly #recordedIds: number[] = [];
  /** What the program has read outside the run, as far as it was noted. */
  readonly #readings: Reading[] = [];
  readonly #choices: (count: number) => number;
  /** Number of the next event that is compared. */
  #next: number;

  constructor(trace: TraceSource, mode: ComparisonMode, context: ComparisonContext) {
    this.#trace = trace;
    this.#mode = mode;
    this.#context = context;
    this.#next = trace.first;
    this.#choices = seededChoices(trace.header.seed);
    const outcomes = outcomesOf(trace);
    // A call that the recorded run never heard of again stays silent: a replay makes no real calls.
    const without = mode.prefix ? undefined : null;
    this.policy = {
      fifo: !trace.header.options.policy,
      choose: (kind, count, task) => this.#choose(kind, count, task),
      external: (call) => (this.free ? undefined : (outcomes.get(call) ?? without)),
    };
  }

  /** How many events of the trace have come, counted from the start of the run. */
  get followed(): number {
    return this.#next - 1;
  }

  /** Whether every event of the trace has come. */
  get complete(): boolean {
    return this.#next > this.#trace.last;
  }

  /** Whether the run was recorded to its end, and not interrupted. */
  get #whole(): boolean {
    const { first, last } = this.#trace;
    return last >= first && this.#trace.event(last).kind === "end";
  }

  #stop(): TraceError {
    return (this.over ??= new TraceError(
      "ERR_TRACE_OVER",
      `The recording ends after event ${this.followed}, before its run did, and so does the replay.`,
    ));
  }

  #take(event: TraceEvent): void {
    this.latest = event.event;
    // What a ring has let go of cannot be compared.
    if (this.free || event.event < this.#trace.first) return;
    if (this.failure !== null) throw this.failure;
    if (event.event > this.#mode.follow) {
      this.free = true;
      return;
    }
    if (this.complete && !this.#whole) {
      if (!this.#mode.prefix) throw this.#stop();
      this.free = true;
      return;
    }
    const actual = this.#translated(event);
    const expected = this.#expected();
    if (expected === undefined || !sameEvent(expected, actual)) this.#differs(expected, actual);
    else this.#follow(expected, event);
  }

  #note(note: MarkNote): void {
    const tasks = (): readonly { readonly id: number; readonly path: string }[] =>
      (this.loop ?? runningLoop())?.tasks ?? [];
    const reading = readingOf(note, (id) => tasks().find((task) => task.id === id)?.path ?? "");
    if (reading !== null) this.#readings.push(reading);
  }

  #follow(expected: TraceEvent, event: TraceEvent): void {
    if (event.kind === "name") this.#recordedIds[event.id] = (expected as EventOf<"name">).id;
    this.#next++;
  }

  #differs(expected: TraceEvent | undefined, actual: TraceEvent): void {
    this.failure = new DivergenceError(this.#divergence(expected, actual));
    if (!this.#mode.prefix) throw this.failure;
    this.free = true;
  }

  #divergence(expected: TraceEvent | undefined, actual: TraceEvent): Divergence {
    const trace = this.#trace;
    const index = new TraceIndex(trace);
    const loop = this.loop ?? runningLoop();
    const whereOf = (event: TraceEvent | undefined): readonly string[] =>
      event === undefined || loop === null ? [] : whereIs(loop, pathsOf(event, index).task);
    const difference: Difference = {
      ...this.#context,
      trace,
      expected,
      actual,
      readings: this.#readings,
      ready: loop === null ? null : readyTasks(loop).map((id) => this.#recordedId(id)),
      where: outsideSteps.has(actual.kind) ? whereOf(actual) : whereNow()(),
      whereOwner: whereOf(expected),
    };
    return divergenceOf(difference, index);
  }

  /** The next event of the trace; undefined at its end. */
  #expected(): TraceEvent | undefined {
    return this.complete ? undefined : this.#trace.event(this.#next);
  }

  #recordedId(id: number): number {
    return id < 0 ? id : (this.#recordedIds[id] ?? id);
  }

  /** The event with the ids of the trace. */
  #translated(event: TraceEvent): TraceEvent {
    let changed: Record<string, unknown> | null = null;
    for (const field of fieldsOf(event.kind) ?? []) {
      if (field.type !== "id") continue;
      const id = valueOf(event, field) as number;
      const recorded = this.#recordedId(id);
      if (recorded !== id) (changed ??= { ...event })[field.name] = recorded;
    }
    return (changed as TraceEvent | null) ?? event;
  }

  #choose(kind: ChoiceKind, count: number, task: (index: number) => number): number {
    const expected = this.free || this.#next > this.#mode.follow ? undefined : this.#expected();
    if (expected?.kind === "choice" && expected.on === kind) {
      return expected.picked < count ? expected.picked : 0;
    }
    // Where the trace has no such choice, the event of this one is the difference.
    if (!this.#mode.prefix) return 0;
    return this.#mode.policy?.choose(kind, count, task) ?? this.#choices(count);
  }
}
