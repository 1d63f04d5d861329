/** What runs in each worker of a campaign: one chunk of schedules after the other. */
import { inspect } from "node:util";
import { simulate } from "@tickless/core";
import { formatRepro, parseRepro } from "@tickless/trace";
import { Campaign } from "../campaign.ts";
import { checkExploreOptions } from "../options.ts";
import { errorText } from "../outcomes.ts";
import type { Chunk, ErrorFacts, PartResult, PartSettings } from "./campaign-part.ts";
import type { LoadProgram } from "./load-program.ts";
import { Pulse, type SharedPulse } from "./pulse.ts";

const BEAT_MS = 100;

/** What a worker is asked. */
export interface Job {
  readonly path: string;
  /** URL of a module that exports `load`. */
  readonly loader: string;
  readonly chunk: Chunk;
  readonly settings: PartSettings;
  readonly pulse: SharedPulse;
}

/** What it answers. */
export type Answer =
  | { readonly part: PartResult }
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

function factsOf(error: unknown): ErrorFacts {
  const { name, code, message } = (Object(error) as Partial<Record<string, unknown>>) ?? {};
  return {
    name: typeof name === "string" ? name : "Error",
    code: typeof code === "string" ? code : null,
    message: typeof message === "string" ? message : String(error),
    text: errorText(error),
    stack: inspect(error),
  };
}

/** A line that says that awaits hand over, where they do. */
function marked(line: string, { handOvers }: PartSettings): string {
  return handOvers && line !== "" ? formatRepro({ ...parseRepro(line), handOvers }) : line;
}

async function explored(main: Main, { chunk, settings }: Job, pulse: Pulse): Promise<PartResult> {
  const { bound, reduce, stopAtFirst, sometimes, args, until, timeUnit, maxSteps } = settings;
  const { seed, strategy, from, to } = chunk;
  const checked = checkExploreOptions<unknown>({
    seed,
    strategy,
    bound,
    reduce,
    stopAtFirst,
    sometimes,
    schedules: to,
    until,
    timeUnit,
    maxSteps,
    // Once, by whoever has all of it.
    shrinkReplays: 0,
    probes: [pulse.probe()],
  });
  const campaign = new Campaign<unknown>(checked, undefined, { from, to });
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
      seed,
      strategy,
      schedule: failure.schedule,
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

/** Runs one chunk. */
export default async function work(job: Job): Promise<Answer> {
  const pulse = new Pulse(job.pulse);
  const heart = setInterval(() => pulse.beat(), BEAT_MS);
  try {
    let main: Main;
    try {
      main = await (loaded ??= loadMain(job));
    } catch (error) {
      return { refused: factsOf(error) };
    }
    return { part: await explored(main, job, pulse) };
  } finally {
    clearInterval(heart);
  }
}
