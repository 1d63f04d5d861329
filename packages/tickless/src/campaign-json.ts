import type { CampaignResult } from "@tickless/explore/node";

/** Of the shape below: it grows when a field goes or changes its meaning, not when one comes. */
const VERSION = 1;

function shrunkShape({ shrunk }: NonNullable<CampaignResult["failure"]>): object | null {
  if (shrunk === null) return null;
  const { error, decisions, choices, from, replays, simplest, timeline, reproLine } = shrunk;
  return { error, decisions, choices, from, replays, simplest, timeline, reproLine };
}

/** What a campaign has found, for other programs: the shape stands in the guide, "Finding a race". */
export function campaignJson(
  found: CampaignResult,
  asked: {
    readonly program: string;
    readonly shard: string | undefined;
    readonly command: string | null;
  },
): string {
  const { failure } = found;
  const { program, shard = "1/1", command } = asked;
  const shape = {
    format: "tickless-exploration",
    version: VERSION,
    program,
    shard,
    schedules: found.schedules,
    complete: found.complete,
    choices: found.choices,
    ended: found.ended,
    failure: failure && {
      reason: failure.reason,
      seed: failure.seed,
      strategy: failure.strategy,
      schedule: failure.schedule,
      error: failure.error,
      task: failure.task,
      now: failure.now,
      reproLine: failure.reproLine,
      command,
      shrunk: shrunkShape(failure),
    },
    outcomes: found.outcomes,
    sometimes: found.sometimes,
  };
  return `${JSON.stringify(shape, null, 2)}\n`;
}
