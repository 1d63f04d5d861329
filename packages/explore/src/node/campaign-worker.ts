/** What runs in each worker of a campaign: one chunk of schedules after the other. */
import { simulate, type SimulateOptions } from "@tickless/core";
import { formatRepro, parseRepro } from "@tickless/trace";
import { Campaign } from "../campaign.ts";
import { checkExploreOptions } from "../options.ts";
import { Shrinking, type ShrinkSettings } from "../shrinking.ts";
import type {
  CampaignShrunk,
  Chunk,
  ErrorFacts,
  PartResult,
  PartSettings,
} from "./campaign-part.ts";
import { factsOf } from "./facts.ts";
import type { LoadProgram } from "./load-program.ts";
import { Pulse, type SharedPulse } from "./pulse.ts";

const BEAT_MS = 100;

/** What a worker is asked. */
export interface Job {
  readonly path: string;
  /** URL of a module that exports `load`. */
  readonly loader: string;
  readonly chunk: Chunk;
  /** The failure of the chunk that is to be shrunk; null: the chunk is to be run. */
  readonly shrink: Pick<ShrinkSettings<unknown>, "choices" | "reason" | "replays"> | null;
  readonly settings: PartSettings;
  readonly pulse: SharedPulse;
}

/** What it answers. */
export type Answer =
  | { readonly part: PartResult }
  /** What a failure was shrunk to; null: it was another one when it was run again. */
  | { readonly shrunk: CampaignShrunk | null }
  /** The program could not be loaded. */
  | { readonly refused: ErrorFacts };

type Main = (input: { readonly args: readonly string[] }) => Promise<unknown>;

let loaded: Promise<Main> | null = null;

/** What a thousand runs print would bury what the campaign has found. */
function silence(): void {
  const nothing = ((...args: unknown[]): boolean => {
    const done = args.at(-1);
    if (typeof done === "function") queueMicrotask(done as () => void);
    return true;
  }) as typeof process.stdout.write;
  process.stdout.write = nothing;
  process.stderr.write = nothing;
}

async function loadMain({ path, loader, settings }: Job): Promise<Main> {
  silence();
  const { load } = (await import(loader)) as { readonly load: LoadProgram };
  const main = await load(path, { handOvers: settings.handOvers });
  if (typeof main === "function") return main as Main;
  throw new TypeError(
    `The program \`${path}\` has no default export that is a function. Write ` +
      "`export default async function main({ args }) { … }`.",
  );
}

/** A line that says that awaits hand over, where they do. */
function marked(line: string, { handOvers }: PartSettings): string {
  return handOvers && line !== "" ? formatRepro({ ...parseRepro(line), handOvers }) : line;
}

function runOptions({ seed }: Chunk, settings: PartSettings): SimulateOptions {
  const { until, timeUnit, maxSteps, jitter } = settings;
  return { seed, until, timeUnit, maxSteps, jitter };
}

async function explored(main: Main, { chunk, settings }: Job, pulse: Pulse): Promise<PartResult> {
  const { bound, reduce, stopAtFirst, sometimes, args } = settings;
  const { strategy, from, to, profile } = chunk;
  const checked = checkExploreOptions<unknown>({
    ...runOptions(chunk, settings),
    strategy,
    bound,
    reduce,
    stopAtFirst,
    sometimes,
    schedules: to,
    // Once, by whoever has all of it.
    shrinkReplays: 0,
    probes: [pulse.probe()],
  });
  const campaign = new Campaign<unknown>(checked, undefined, { from, to, profile });
  pulse.choices = campaign.chosen;
  const run = (): Promise<unknown> => main({ args });
  let done = 0;
  for (let next = campaign.next(); next !== null; next = campaign.next()) {
    pulse.begins(campaign.schedule, done);
    campaign.took(await simulate(run, next));
    if (campaign.schedule >= from) done++;
    if (pulse.stopped) break;
  }
  pulse.begins(campaign.schedule, done);
  const { failure, outcomes, ...counts } = campaign.found();
  return {
    ...counts,
    failure: failure && {
      reason: failure.reason,
      error: factsOf(failure.error),
      seed: chunk.seed,
      strategy,
      schedule: failure.schedule,
      choices: failure.choices,
      task: null,
      now: null,
      reproLine: marked(failure.reproLine, settings),
    },
    outcomes: outcomes.map(({ text, kind, count, first, choices, reproLine }) => ({
      text,
      kind,
      count,
      first,
      length: choices.length,
      turns: choices.filter(({ picked }) => picked > 0).length,
      reproLine: marked(reproLine, settings),
    })),
  };
}

async function shrunk(
  main: Main,
  { chunk, settings }: Job,
  what: NonNullable<Job["shrink"]>,
  pulse: Pulse,
): Promise<CampaignShrunk | null> {
  const run = { ...runOptions(chunk, settings), probes: [pulse.probe()] };
  const shrinking = new Shrinking({ ...what, outcome: undefined, check: undefined, run });
  let done = 0;
  for (let next = shrinking.next(); next !== null; next = shrinking.next()) {
    pulse.begins(chunk.from, done);
    shrinking.took(await simulate(() => main({ args: settings.args }), next));
    done++;
    if (pulse.stopped) shrinking.enough();
  }
  const found = shrinking.result();
  if (found === null) return null;
  const { error, choices, text: _, ...rest } = found;
  const reproLine = marked(found.reproLine, settings);
  return { ...rest, reproLine, error: factsOf(error), choices: choices.length };
}

/** Runs one chunk, or shrinks what has failed in it. */
export default async function work(job: Job): Promise<Answer> {
  const pulse = new Pulse(job.pulse);
  const heart = setInterval(() => pulse.beat(), BEAT_MS);
  // The pool waits for a thread that has ended itself as for one that works.
  const exits = (code: number): void => pulse.exits(code);
  process.once("exit", exits);
  try {
    let main: Main;
    try {
      main = await (loaded ??= loadMain(job));
    } catch (error) {
      return { refused: factsOf(error) };
    }
    if (job.shrink !== null) return { shrunk: await shrunk(main, job, job.shrink, pulse) };
    return { part: await explored(main, job, pulse) };
  } finally {
    clearInterval(heart);
    process.off("exit", exits);
  }
}
