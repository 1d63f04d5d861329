import { type Figures, judge, type Verdict } from "./judge.ts";
import type { Measurement } from "./measure.ts";
import { type Check, sameCheck, type Size } from "./program.ts";
import { quotient, type Spread, spread } from "./spread.ts";
import { FEW_TASKS, type Kind, type Variant, type Workload } from "./workload.ts";

/** Which program of a pair. */
type Side = "engine" | "bare";

/** One program to be measured in a process of its own. */
export interface Order {
  readonly workload: string;
  readonly kind: Kind;
  readonly side: Side;
  readonly size: Size;
  /** A single cold run, for its check values. */
  readonly quick: boolean;
}

/** Carries out orders of which each is to be seen beside the others: answers them in their order. */
export type Measure = (orders: readonly Order[]) => Promise<Measurement[]>;

/** What one side did in all rounds. */
interface SideResult {
  readonly eventsPerSecond: Spread;
  readonly eventsPerCpuSecond: Spread;
  readonly peakBytes: Spread;
  readonly bytesPerTask: Spread;
  readonly residentBytesPerTask: Spread;
  readonly milliseconds: Spread;
  readonly cpuMilliseconds: Spread;
}

/** The engine and the bare loop compared, on one workload of one size with one kind of task. */
export interface Comparison {
  readonly workload: string;
  readonly measures: Workload["measures"];
  readonly kind: Kind;
  readonly size: Size;
  readonly check: Check;
  readonly engine: SideResult;
  /** Absent where there is nothing to compare with. */
  readonly bare?: SideResult;
  readonly figures: Figures;
  /** Events/s with this size by those with `FEW_TASKS`, of the bare loop, where that is known. */
  readonly bareGrowth?: Spread;
  /** One for each target that holds at this size. */
  readonly verdicts: readonly Verdict[];
}

/** What is compared. */
export interface Case {
  readonly workload: Workload;
  readonly kind: Kind;
  readonly variant: Variant;
  readonly size: Size;
}

/** What the rounds have found of one case. */
type Found = Record<Side, Measurement[]>;

function sideResult(measurements: readonly Measurement[]): SideResult {
  const of = (name: keyof Omit<Measurement, "check">): Spread =>
    spread(measurements.map((measurement) => measurement[name]));
  return {
    eventsPerSecond: of("eventsPerSecond"),
    eventsPerCpuSecond: of("eventsPerCpuSecond"),
    peakBytes: of("peakBytes"),
    bytesPerTask: of("bytesPerTask"),
    residentBytesPerTask: of("residentBytesPerTask"),
    milliseconds: of("milliseconds"),
    cpuMilliseconds: of("cpuMilliseconds"),
  };
}

/** The check values that all of `measurements` share; throws where one differs. */
function agreed(where: string, measurements: readonly Measurement[]): Check {
  const [first, ...others] = measurements.map(({ check }) => check);
  if (first === undefined) throw new RangeError("Expected at least one measurement");
  for (const other of others) {
    if (sameCheck(first, other)) continue;
    throw new Error(
      `${where}: the check values differ, so the programs did not do the same: ` +
        `${JSON.stringify(first)} and ${JSON.stringify(other)}`,
    );
  }
  return first;
}

/** Figures of one side by itself. */
function figuresOf(
  measures: Workload["measures"],
  side: SideResult,
  { events, sum }: Check,
): Figures {
  if (measures === "time") return { ms: side.milliseconds };
  if (measures === "size") return { size: spread([sum / events]) };
  return { rate: side.eventsPerSecond, bytes: side.bytesPerTask, peak: side.peakBytes };
}

/** Figures of two sides. */
function compared(engine: SideResult, bare: SideResult): Figures {
  return {
    ratio: quotient(engine.eventsPerSecond, bare.eventsPerSecond),
    cpuRatio: quotient(engine.eventsPerCpuSecond, bare.eventsPerCpuSecond),
    // a few per cent are less than what other programs do to wall time
    cost: quotient(bare.eventsPerCpuSecond, engine.eventsPerCpuSecond),
    kept: quotient(engine.bytesPerTask, bare.bytesPerTask),
  };
}

/** Events/s of one side with one size by those with the other. */
function growth(many: readonly Measurement[], few: readonly Measurement[]): Spread {
  const speed = (measurements: readonly Measurement[]): Spread =>
    spread(measurements.map(({ eventsPerSecond }) => eventsPerSecond));
  return quotient(speed(many), speed(few));
}

function comparison(one: Case, found: Found, few: Found | undefined): Comparison {
  const { workload, kind, size } = one;
  const check = agreed(`${workload.id} ${kind}`, [...found.engine, ...found.bare]);
  workload.verify?.(check, size);
  const engine = sideResult(found.engine);
  const bare = found.bare.length > 0 ? sideResult(found.bare) : undefined;
  const figures: Figures = {
    ...figuresOf(workload.measures, engine, check),
    ...(bare && compared(engine, bare)),
    ...(few && few !== found && { growth: growth(found.engine, few.engine) }),
  };
  return {
    workload: workload.id,
    measures: workload.measures,
    kind,
    size,
    check,
    engine,
    ...(bare && { bare }),
    figures,
    ...(bare && few && few !== found && { bareGrowth: growth(found.bare, few.bare) }),
    verdicts: judge(one, figures),
  };
}

/** Cases of one size, which have the bare loop in common. */
function bySize(cases: readonly (readonly [Case, Found])[]): (readonly [Case, Found])[][] {
  const groups = new Map<string, (readonly [Case, Found])[]>();
  for (const one of cases) {
    const [{ size }] = one;
    const key = `${size.tasks} ${size.events}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** What is measured once a round, and whose results it is. */
interface Entrant {
  readonly order: Order;
  readonly results: readonly Measurement[][];
}

/** The programs of cases of one size: the bare loop that they share in the midst of them. */
function entrants(cases: readonly (readonly [Case, Found])[], quick: boolean): Entrant[] {
  const order = ({ workload, kind, size }: Case, side: Side): Order => ({
    workload: workload.id,
    kind,
    side,
    size,
    quick,
  });
  const all = cases.map(([one, { engine }]): Entrant => ({
    order: order(one, "engine"),
    results: [engine],
  }));
  const [first] = cases;
  if (first?.[0].variant.bare === undefined) return all;
  const results = cases.map(([, { bare }]) => bare);
  return all.toSpliced(Math.ceil(all.length / 2), 0, { order: order(first[0], "bare"), results });
}

/** One round: every program of every size once, engine and bare loop side by side. */
async function measureRound(
  found: ReadonlyMap<Case, Found>,
  { round, quick }: { readonly round: number; readonly quick: boolean },
  measure: Measure,
): Promise<void> {
  for (const cases of bySize([...found])) {
    const all = entrants(cases, quick);
    // Who goes first alternates, so that a machine that slows down favours neither.
    const turned = round % 2 === 0 ? all : all.toReversed();
    const measured = await measure(turned.map(({ order }) => order));
    for (const [i, { results }] of turned.entries()) {
      for (const side of results) side.push(measured[i] as Measurement);
    }
  }
}

/**
 * Measures the cases of one group, `rounds` times, engine and bare loop side by side, and compares
 * their check values every time.
 *
 * @throws Error if check values differ or are wrong
 */
export async function compare(
  cases: readonly Case[],
  { rounds, quick }: { readonly rounds: number; readonly quick: boolean },
  measure: Measure,
): Promise<Comparison[]> {
  const found = new Map<Case, Found>(cases.map((one) => [one, { engine: [], bare: [] }]));
  for (let round = 0; round < rounds; round++) await measureRound(found, { round, quick }, measure);
  const few = ({ workload, kind }: Case): Found | undefined =>
    [...found].find(
      ([one]) => one.workload === workload && one.kind === kind && one.size.tasks === FEW_TASKS,
    )?.[1];
  return [...found].map(([one, results]) => comparison(one, results, few(one)));
}
