import type { ChoiceKind, Policy, Probe } from "@tickless/core/kit";
import { divergenceOf } from "./divergence.ts";
import { DivergenceError, TraceError } from "./errors.ts";
import { type EventOf, fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import { eventProbe } from "./event-probe.ts";
import type { Trace } from "./trace.ts";

/** What a comparison is told for its report. */
export interface ComparisonContext {
  readonly notice: string | null;
  readonly unchanged: boolean;
  readonly traceFile: string | undefined;
}

/** Equal as numbers, with one NaN; -0 is 0. */
function sameValue(one: number | string, other: number | string): boolean {
  return one === other || (Number.isNaN(one) && Number.isNaN(other));
}

/**
 * Holds a run against a trace: a probe that throws at the first event that differs, and a policy
 * that takes from the trace what the program does not determine. Ids count by what they stand for:
 * names come in the same order, so each name event tells which ids correspond.
 */
export class Comparison {
  readonly probe: Probe = eventProbe((event) => this.#take(event));
  readonly policy: Policy;
  /** The first difference, once there is one. It is thrown again at every event after it. */
  failure: DivergenceError | null = null;
  /** Set where the recording ends before its run did, once the replay has come that far. */
  over: TraceError | null = null;
  readonly #trace: Trace;
  readonly #context: ComparisonContext;
  readonly #recordedIds: number[] = [];
  #next = 0;

  constructor(trace: Trace, context: ComparisonContext) {
    this.#trace = trace;
    this.#context = context;
    const outcomes = new Map<number, string>();
    for (const event of trace.events()) {
      if (event.kind === "external") outcomes.set(event.call, event.encoded);
    }
    this.policy = {
      fifo: !trace.header.options.policy,
      choose: (kind, count) => this.#choose(kind, count),
      // A call that the recorded run never heard of again stays silent: a replay makes no real calls.
      external: (call) => outcomes.get(call) ?? null,
    };
  }

  /** Whether every event of the trace has come. */
  get complete(): boolean {
    return this.#next === this.#trace.length;
  }

  /** Whether the run was recorded to its end, and not interrupted. */
  get #whole(): boolean {
    return this.#trace.complete;
  }

  #stop(): TraceError {
    return (this.over ??= new TraceError(
      "ERR_TRACE_OVER",
      `The recording ends after event ${this.#next}, before its run did, and so does the replay.`,
    ));
  }

  #take(event: TraceEvent): void {
    if (this.failure !== null) throw this.failure;
    if (this.#next === this.#trace.length && !this.#whole) throw this.#stop();
    const actual = this.#translated(event);
    const expected = this.#expected();
    if (expected === undefined || !this.#same(expected, actual)) {
      const difference = { trace: this.#trace, expected, actual, ...this.#context };
      this.failure = new DivergenceError(divergenceOf(difference));
      throw this.failure;
    }
    if (event.kind === "name") this.#recordedIds[event.id] = (expected as EventOf<"name">).id;
    this.#next++;
  }

  /** The next event of the trace; undefined at its end. */
  #expected(): TraceEvent | undefined {
    return this.#next < this.#trace.length ? this.#trace.event(this.#next + 1) : undefined;
  }

  /** The event with the ids of the trace. */
  #translated(event: TraceEvent): TraceEvent {
    let changed: Record<string, unknown> | null = null;
    for (const field of fieldsOf(event.kind) ?? []) {
      if (field.type !== "id") continue;
      const id = valueOf(event, field) as number;
      const recorded = id < 0 ? id : (this.#recordedIds[id] ?? id);
      if (recorded !== id) (changed ??= { ...event })[field.name] = recorded;
    }
    return (changed as TraceEvent | null) ?? event;
  }

  #same(expected: TraceEvent, actual: TraceEvent): boolean {
    if (expected.kind !== actual.kind || expected.cause !== actual.cause) return false;
    for (const field of fieldsOf(actual.kind) ?? []) {
      if (field.type === "newId") continue;
      if (!sameValue(valueOf(expected, field), valueOf(actual, field))) return false;
    }
    return true;
  }

  #choose(kind: ChoiceKind, count: number): number {
    const expected = this.#expected();
    // Where the trace has no such choice, the event of this one is the difference.
    if (expected?.kind !== "choice" || expected.on !== kind) return 0;
    return expected.picked < count ? expected.picked : 0;
  }
}
