import { unreached } from "../campaign.ts";
import { failureText } from "../failure-text.ts";
import type { CampaignSettings } from "./campaign-options.ts";
import type {
  CampaignFailure,
  CampaignShrunk,
  Chunk,
  PartFailure,
  PartOutcome,
  PartResult,
} from "./campaign-part.ts";
import { belowOf, factsOf } from "./facts.ts";

/**
 * One of the distinct results of a program.
 *
 * @category Exploring
 */
export interface CampaignOutcome extends Pick<PartOutcome, "text" | "kind" | "count"> {
  /** The first schedule of which it came. */
  readonly first: Pick<CampaignFailure, "seed" | "strategy" | "schedule">;
  /** Repeats the shortest of them. */
  readonly reproLine: string;
}

/**
 * What a campaign has found. It does not depend on the number of workers, unless it was ended early.
 *
 * @category Exploring
 */
export interface CampaignResult {
  /** How many schedules were run; where the first failure ends the campaign, as many as came before it. */
  readonly schedules: number;
  /** Whether these were all that the program has (within the strategy's bound). */
  readonly complete: boolean;
  /** How many choices they met; 0: there was nothing to explore. */
  readonly choices: number;
  /** How many tasks they had at most, main among them. */
  readonly tasks: number;
  /** What ended it before its budget was used up and without a failure; null: nothing. */
  readonly ended: "interrupted" | "wall-time" | null;
  /** The failure with the least number; null if none was found. */
  readonly failure: CampaignFailure | null;
  /** The distinct results, the most frequent first. */
  readonly outcomes: readonly CampaignOutcome[];
  /** In how many schedules each condition of `sometimes` was true, by name. */
  readonly sometimes: Readonly<Record<string, number>>;
}

/** A chunk with what came of it. */
export interface Done extends PartResult {
  readonly chunk: Chunk;
}

interface Group extends PartOutcome {
  readonly chunk: Chunk;
}

function better(a: PartOutcome, b: PartOutcome): boolean {
  return a.turns < b.turns || (a.turns === b.turns && a.length < b.length);
}

function merged(old: Group | undefined, one: Group): Group {
  if (old === undefined) return one;
  const shortest = better(one, old) ? one : old;
  const { turns, length, reproLine } = shortest;
  return { ...old, count: old.count + one.count, turns, length, reproLine };
}

function outcomesOf(parts: readonly Done[]): CampaignOutcome[] {
  const groups = new Map<string, Group>();
  for (const { chunk, outcomes } of parts) {
    // As they came in the chunk, which has its own most frequent first.
    for (const one of outcomes.toSorted((a, b) => a.first - b.first)) {
      const key = `${one.kind} ${one.text}`;
      groups.set(key, merged(groups.get(key), { ...one, chunk }));
    }
  }
  return [...groups.values()]
    .toSorted((a, b) => b.count - a.count)
    .map(({ text, kind, count, first, reproLine, chunk: { seed, strategy } }) => {
      return { text, kind, count, first: { seed, strategy, schedule: first }, reproLine };
    });
}

function sometimesOf(parts: readonly Done[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { sometimes } of parts) {
    for (const [name, count] of Object.entries(sometimes)) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  return Object.fromEntries([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What was to be reached and was not, in all of the schedules. */
function neverReached(
  sometimes: Readonly<Record<string, number>>,
  schedules: number,
  { searches }: CampaignSettings,
): PartFailure | null {
  const [search] = searches;
  const failure = unreached(sometimes, schedules, search?.strategy.name ?? "");
  if (failure === null) return null;
  const facts = factsOf(failure.error);
  return {
    reason: "sometimes",
    // Where it was noticed is no place of the program.
    error: { ...facts, place: "", stack: facts.message },
    choices: [],
    seed: search?.seed ?? "0",
    strategy: failure.strategy,
    schedule: -1,
    task: null,
    now: null,
    reproLine: "",
  };
}

/** A failure that is told. `story`: what shrinking has made of it, or why nothing. */
export function toldFailure(
  part: PartFailure,
  shrunk: CampaignShrunk | null,
  story: string,
): CampaignFailure {
  const { choices: _, ...failure } = part;
  const { reason, schedule, strategy, seed, error } = failure;
  const which = schedule < 0 ? "" : `schedule ${schedule} of ${strategy} with seed ${seed}`;
  // What is Tickless's own is told in sentences, without a code.
  const plain = reason === "stuck" || reason === "died" || reason === "sometimes";
  const text = failureText({
    which,
    reason,
    error: plain ? error.message : error.text,
    below: plain ? [] : belowOf(reason, error),
    story,
  });
  return { ...failure, shrunk, text };
}

/** A campaign whose failure is still to be shrunk and told. */
export interface Found extends Omit<CampaignResult, "failure"> {
  readonly failure: PartFailure | null;
}

/** The whole of the parts, in the order of their schedules; those behind the failure are left out. */
export function resultOf(
  all: readonly Done[],
  ended: CampaignResult["ended"],
  settings: CampaignSettings,
): Found {
  let parts = all.toSorted(
    (a, b) => a.chunk.number - b.chunk.number || a.chunk.from - b.chunk.from,
  );
  const failing = parts.findIndex(({ failure }) => failure !== null);
  if (settings.part.stopAtFirst && failing >= 0) parts = parts.slice(0, failing + 1);
  const found = parts[failing]?.failure ?? null;
  const schedules = parts.reduce((sum, part) => sum + part.schedules, 0);
  const sometimes = sometimesOf(parts);
  // A part of the schedules does not say what is in none of them.
  const whole = ended === null && settings.shard.count === 1;
  return {
    schedules,
    complete: parts.length > 0 && parts.every(({ complete }) => complete),
    choices: parts.reduce((sum, part) => sum + part.choices, 0),
    tasks: Math.max(0, ...parts.map(({ tasks }) => tasks)),
    ended: found !== null && settings.part.stopAtFirst ? null : ended,
    failure: found ?? (whole ? neverReached(sometimes, schedules, settings) : null),
    outcomes: outcomesOf(parts),
    sometimes,
  };
}
