import type { CampaignFailure, CampaignResult } from "@tickless/explore/node";
import type { Ambience } from "./ambience.ts";
import { localPaths } from "./local-paths.ts";
import { commandRest, waysOn } from "./repro-command.ts";
import type { Colors } from "./terminal.ts";

const MOST_OUTCOMES = 10;

/** How a campaign was to be run, as far as its text tells it. */
export interface CampaignAsked {
  readonly program: string;
  readonly shard: string | undefined;
  readonly handOvers: boolean;
  readonly args: readonly string[];
  readonly ambience: Ambience;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

/** Why a program has met no choice, as far as that can be known, and what to do. */
function whyNothing(tasks: number, handOvers: boolean): string {
  if (handOvers) {
    const who =
      tasks > 1
        ? "No two tasks were ever ready at one time"
        : "All of it ran in one task, `main`, and nothing in it goes on side by side. Make what should a task of " +
          "its own: `gather([createTask(a), createTask(b)])`";
    return (
      `${who}. Its awaits were hand-overs already. If what they await is in node_modules, ` +
      "`interleave(object)` lets others in at the methods of one object."
    );
  }
  const who =
    tasks > 1
      ? "No two tasks were ever ready at one time"
      : "All of it ran in one task, `main`: what goes on side by side in it, as in `Promise.all([a(), b()])`, took " +
        "the one order that plain promises have";
  return (
    `${who}. Leave out --no-hand-overs, so that each await of the program lets others in; or use ` +
    "`interleave(object)` for the methods of one object."
  );
}

function headOf(found: CampaignResult, { shard, handOvers }: CampaignAsked): string {
  const { schedules, complete, choices, tasks, ended, failure } = found;
  const of = shard === undefined ? "" : ` in shard ${shard}`;
  const early =
    ended === "interrupted"
      ? "; interrupted, this is what was found until then"
      : ended === "wall-time"
        ? "; the time is up"
        : "";
  if (schedules === 0 && complete) {
    return `nothing to explore${of}: the program meets no choice, and its one schedule belongs to another shard.`;
  }
  // What comes behind a step that did not end is not known.
  const cutOff = failure?.reason === "stuck" || failure?.reason === "died";
  if (choices > 0 || schedules === 0 || cutOff) {
    const all = complete ? "explored all " : "";
    return `${all}${count(schedules, "schedule")}${of}${early}`;
  }
  return `nothing to explore: ${count(schedules, "schedule")}${of}${early}. ${whyNothing(tasks, handOvers)}`;
}

/** What failed, where, and what it was shrunk to. */
function failureText({ text, reason }: CampaignFailure, colors: Colors): string {
  const told = localPaths(text).replace("`shrinkReplays`", "`--shrink-replays`");
  const verdict = `failed (${reason})`;
  return told.replace(verdict, () => colors.red(verdict));
}

/** The commands that lead on from a failure. One that ends its process can be neither shrunk nor recorded in it. */
function nextCommands(
  failure: CampaignFailure,
  { program, args, ambience }: CampaignAsked,
): string[] {
  const { reason, shrunk, reproLine } = failure;
  if (reproLine === "") return [];
  const endsItself = reason === "stuck" || reason === "died";
  const line = shrunk?.reproLine ?? reproLine;
  const ways = waysOn(line, { program, args, ambience }, !endsItself);
  if (shrunk !== null || endsItself) return ways;
  const shrinks = commandRest(program, args, ambience, ` ${reproLine}`);
  return [...ways, `shrink: npx tickless shrink ${shrinks}`];
}

function outcomeLines({ outcomes }: CampaignResult): string[] {
  if (outcomes.length < 2) return [];
  const lines = outcomes
    .slice(0, MOST_OUTCOMES)
    .map(({ count: times, text }) => `  ${times.toLocaleString("en")} × ${text}`);
  const left = outcomes.length - MOST_OUTCOMES;
  return [`${outcomes.length} outcomes:`, ...lines, ...(left > 0 ? [`  … and ${left} more`] : [])];
}

/** What a campaign has found, for people. */
export function campaignText(found: CampaignResult, asked: CampaignAsked, colors: Colors): string {
  const { failure, choices } = found;
  const lines = [headOf(found, asked)];
  if (failure !== null) {
    lines.push(failureText(failure, colors));
    // What has many lines stands apart from what comes next.
    const gap = failure.text.includes("\n\n") ? [""] : [];
    const ways = nextCommands(failure, asked);
    lines.push(
      ...(ways.length === 0 ? [] : gap),
      ...ways,
      ...(found.outcomes.length < 2 ? [] : gap),
    );
  } else if (choices > 0) lines.push(colors.green("no failure"));
  return [...lines, ...outcomeLines(found), ""].join("\n");
}
