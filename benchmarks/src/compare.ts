import { type Figures, judge, type Verdict } from "./judge.ts";
import type { Measurement } from "./measure.ts";
import { type Check, sameCheck, type Size } from "./program.ts";
import { quotient, type Spread, spread } from "./spread.ts";
import { FEW_TASKS, type Kind, type Variant, type Workload } from "./workload.ts";

/** Which program of a pair. */
type Side = "engine" | "bare";

/** One measurement to be made in a process of its own. */
export interface Order {
  readonly workload: string;
  readonly kind: Kind;
  readonly side: Side;
  readonly size: Size;
  /** A single cold run, for its check values. */
  readonly quick: boolean;
}

/** Carries out an order. */
export type Measure = (order: Order) => Promise<Measurement>;

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
function bySize(cases: readonly Case[]): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = `${one.size.tasks} ${one.size.events}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** One round: every program of every size once, engine and bare loop next to each other. */
async function measureRound(
  found: ReadonlyMap<Case, Found>,
  round: number,
  quick: boolean,
  measure: Measure,
): Promise<void> {
  for (const cases of bySize([...found.keys()])) {
    const order = (one: Case, side: Side): Promise<Measurement> =>
      measure({ workload: one.workload.id, kind: one.kind, side, size: one.size, quick });
    const engines = async (some: readonly Case[]): Promise<void> => {
      for (const one of some) found.get(one)?.engine.push(await order(one, "engine"));
    };
    // Who goes first alternates, so that a machine that slows down favours neither; where several share
    // the bare loop, it stands in the middle of them.
    const turned = round % 2 === 0 ? cases : cases.toReversed();
    const before = round % 2 === 0 ? Math.ceil(cases.length / 2) : Math.floor(cases.length / 2);
    await engines(turned.slice(0, before));
    const [first] = cases;
    if (first?.variant.bare !== undefined) {
      const bare = await order(first, "bare");
      for (const one of cases) found.get(one)?.bare.push(bare);
    }
    await engines(turned.slice(before));
  }
}

/**
 * Measures the cases of one group in turn, `rounds` times, engine and bare loop one after the other,
 * and compares their check values every time.
 *
 * @throws Error if check values differ or are wrong
 */
export async function compare(
  cases: readonly Case[],
  { rounds, quick }: { readonly rounds: number; readonly quick: boolean },
  measure: Measure,
): Promise<Comparison[]> {
  const found = new Map<Case, Found>(cases.map((one) => [one, { engine: [], bare: [] }]));
  for (let round = 0; round < rounds; round++) await measureRound(found, round, quick, measure);
  const few = ({ workload, kind }: Case): Found | undefined =>
    [...found].find(
      ([one]) => one.workload === workload && one.kind === kind && one.size.tasks === FEW_TASKS,
    )?.[1];
  return [...found].map(([one, results]) => comparison(one, results, few(one)));
}
