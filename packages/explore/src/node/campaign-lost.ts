import { formatRepro, parseRepro, reproLineOf } from "@tickless/trace";
import type { CampaignSettings } from "./campaign-options.ts";
import type { Chunk, ErrorFacts, PartFailure } from "./campaign-part.ts";
import type { Done } from "./campaign-result.ts";
import { ownFacts } from "./facts.ts";
import type { Watched } from "./pulse.ts";

/** How a job ended that has no answer. */
export interface Lost {
  readonly lost: "stuck" | "died" | "stopped";
  readonly watched: Watched;
  readonly error: unknown;
}

/** The line that leads to a step that did not end; empty where that is too long to be told. */
function lineTo(chunk: Chunk, { watched }: Lost, { part }: CampaignSettings): string {
  const choices = watched.whereabouts()?.choices;
  if (choices == null) return "";
  const { until, timeUnit, maxSteps, jitter, handOvers } = part;
  const line = reproLineOf({ seed: chunk.seed, until, timeUnit, maxSteps, jitter }, choices);
  return formatRepro({ ...parseRepro(line), handOvers });
}

/** What a schedule has come to that has taken its worker with it. */
export function failedBy(how: Lost, file: string, chunk: Chunk, settings: CampaignSettings): Done {
  const { lost, watched, error } = how;
  const place = watched.whereabouts();
  const { seed, strategy, from } = chunk;
  const whose = place?.task == null ? "a callback" : `\`${place.task}\``;
  const where = `of ${whose} at t=${place?.now ?? 0}`;
  const reason = lost === "stuck" ? "stuck" : "died";
  const facts =
    reason === "stuck" ? stuck(where, file, settings.stepTimeMs) : died(where, file, error);
  const failure: PartFailure = {
    reason,
    error: facts,
    seed,
    strategy,
    schedule: from,
    reproLine: lineTo(chunk, how, settings),
    task: place?.task ?? null,
    now: place?.now ?? null,
    choices: [],
  };
  const length = place?.choices?.length ?? 0;
  const turns = place?.choices?.filter(({ picked }) => picked > 0).length ?? 0;
  const { reproLine } = failure;
  const outcome = {
    text: facts.text,
    kind: reason,
    count: 1,
    first: from,
    turns,
    length,
    reproLine,
  };
  return {
    chunk,
    schedules: 1,
    complete: false,
    choices: length,
    tasks: 0,
    failure,
    outcomes: [outcome as Done["outcomes"][number]],
    sometimes: {},
  };
}

function stuck(where: string, file: string, ms: number): ErrorFacts {
  return ownFacts(
    "ERR_STEP_NEVER_ENDS",
    `A step ${where} in ${file} had not ended after ${ms} ms of real time, and was ended. It computes, or is a ` +
      "loop that waits for nothing real: `while (!flag) await null`.",
  );
}

function died(where: string, file: string, error: unknown): ErrorFacts {
  return ownFacts(
    "ERR_WORKER_DIED",
    `A step ${where} in ${file} ended its thread (${messageOf(error)}): by \`process.exit\`, or by an exception that ` +
      "real code has thrown.",
  );
}

export function lostWhileLoading(file: string, error: unknown): ErrorFacts {
  return ownFacts(
    "ERR_PROGRAM_NOT_LOADED",
    `${file} ended its thread, or did not come to an end, while it was loaded (${messageOf(error)}).`,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why a failure was not shrunk, where its worker was lost over it. */
export function notShrunk({ lost }: Lost, stepTimeMs: number): string {
  const why =
    lost === "stuck"
      ? `a step of a simpler schedule had not ended after ${stepTimeMs} ms of real time`
      : lost === "died"
        ? "a simpler schedule ended its thread"
        : "the campaign was interrupted";
  return `It was not shrunk: ${why}.`;
}
