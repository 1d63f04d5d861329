import { checkInteger, checkNames } from "@tickless/core/kit";
import { checkTrace } from "./input.ts";
import { type ListedEvent, listed } from "./causes.ts";
import { describeEvent } from "./describe.ts";
import { diffReport } from "./diff-report.ts";
import { type DiffSummary, summaryOf } from "./diff-summary.ts";
import { firstDifference } from "./first-difference.ts";
import { lettersOf } from "./letters.ts";
import { TraceIndex } from "./trace-index.ts";
import type { TraceSource } from "./trace.ts";

/** Options of `diff`. */
export interface DiffOptions {
  /** What the report calls the first trace, for example its file. Default: `A`. */
  readonly a?: string | undefined;
  /** What it calls the second. Default: `B`. */
  readonly b?: string | undefined;
  /** How many events are shown before and after the first difference. Default: 8. */
  readonly context?: number | undefined;
}

/** How two traces differ. */
export interface TraceDiff {
  /** Whether all their events are equal. */
  readonly same: boolean;
  /** Number of the first event that differs; 0 if none does. */
  readonly event: number;
  /** That event of the first trace, in words; null where it has ended, or nothing differs. */
  readonly a: string | null;
  /** That event of the second trace. */
  readonly b: string | null;
  /** What is not equal about the two before any event: seed, program, options … */
  readonly settings: readonly string[];
  /** What cannot be said, and why: letters of fingerprints, events that a ring has let go of. */
  readonly notices: readonly string[];
  /** What each has that the other lacks. Made when it is first asked for: it goes through both traces. */
  readonly summary: DiffSummary;
  /** All of it for a terminal. Made when it is first asked for. */
  readonly report: string;
}

/** One side of a difference, in context. */
export interface DiffSide {
  readonly name: string;
  readonly trace: TraceSource;
  readonly index: TraceIndex;
  /** The events from the first difference on. */
  readonly after: readonly ListedEvent[];
}

function settingsOf(a: TraceSource, b: TraceSource): string[] {
  const lines: string[] = [];
  const compare = (what: string, one: unknown, other: unknown): void => {
    const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
    if (first !== second) lines.push(`${what}: ${first} in A, ${second} in B`);
  };
  const [one, other] = [a.header, b.header];
  compare("program", one.program?.file ?? null, other.program?.file ?? null);
  compare("digest of the program", one.program?.digest ?? null, other.program?.digest ?? null);
  compare("arguments", one.program?.args ?? [], other.program?.args ?? []);
  compare("version of Tickless", one.engine, other.engine);
  compare("seed", one.seed, other.seed);
  compare("start", one.start, other.start);
  compare("time unit", one.timeUnit, other.timeUnit);
  for (const name of ["until", "maxSteps", "maxStepsPerInstant", "policy"] as const) {
    compare(name, one.options[name], other.options[name]);
  }
  compare("jitter", one.options.jitter ?? null, other.options.jitter ?? null);
  return lines;
}

function noticesOf(a: TraceSource, b: TraceSource): string[] {
  const lines = [
    ...a.notices.map((line) => `A: ${line}`),
    ...b.notices.map((line) => `B: ${line}`),
  ];
  const [one, other] = [lettersOf(a.fingerprint), lettersOf(b.fingerprint)];
  if (one !== other) {
    lines.push(
      `The fingerprints cover different things (${one} in A, ${other} in B), so they say nothing of each ` +
        "other; the events are compared.",
    );
  }
  const first = Math.max(a.first, b.first);
  if (first > 1) lines.push(`Events before ${first} are not in both, and were not compared.`);
  return lines;
}

function sideOf(name: string, trace: TraceSource, event: number, context: number): DiffSide {
  const index = new TraceIndex(trace);
  const after = [...trace.events(event, event + context - 1)].map((one) => listed(one, index));
  return { name, trace, index, after };
}

/** What is made when it is first asked for, and then kept. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/**
 * Compares two traces: finds the first event that differs by their digests, shows both sides in context,
 * and tells what each has that the other lacks, matched by the paths of tasks and objects. They may be of
 * different programs, seeds or versions.
 */
export function diff(a: TraceSource, b: TraceSource, options: DiffOptions = {}): TraceDiff {
  checkTrace("a", a);
  checkTrace("b", b);
  checkNames(options, ["a", "b", "context"]);
  const { context = 8 } = options;
  checkInteger("context", context, 0);
  const event = firstDifference(a, b);
  const same = event === 0;
  const sides = lazily(
    () =>
      [
        sideOf(options.a ?? "A", a, event, context),
        sideOf(options.b ?? "B", b, event, context),
      ] as const,
  );
  const words = (side: DiffSide): string | null => {
    const at = same ? undefined : side.index.at(event);
    return at === undefined ? null : describeEvent(at, side.index);
  };
  const summary = lazily(() => (same ? { onlyA: [], onlyB: [], both: [] } : summaryOf(a, b)));
  const settings = settingsOf(a, b);
  const notices = noticesOf(a, b);
  const report = lazily(() =>
    diffReport({ event, context, settings, notices, sides: sides(), summary: summary() }),
  );
  return {
    same,
    event,
    get a() {
      return words(sides()[0]);
    },
    get b() {
      return words(sides()[1]);
    },
    settings,
    notices,
    get summary() {
      return summary();
    },
    get report() {
      return report();
    },
  };
}
