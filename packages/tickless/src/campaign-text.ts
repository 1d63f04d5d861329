import type { CampaignFailure, CampaignResult } from "@tickless/explore/node";
import type { Colors } from "./terminal.ts";

const MOST_OUTCOMES = 10;

/** How a campaign was to be run, as far as its text tells it. */
export interface CampaignAsked {
  readonly program: string;
  readonly shard: string | undefined;
  readonly handOvers: boolean;
  /** What follows the repro line in a command: the file, and the arguments behind `--`. */
  readonly rest: string;
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
  const { schedules, complete, choices, tasks, ended } = found;
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
  if (choices > 0 || schedules === 0) {
    const all = complete ? "explored all " : "";
    return `${all}${count(schedules, "schedule")}${of}${early}`;
  }
  return `nothing to explore: ${count(schedules, "schedule")}${of}${early}. ${whyNothing(tasks, handOvers)}`;
}

/** What failed, in the program's own words. */
function failureLines(failure: CampaignFailure, colors: Colors): string[] {
  const { reason, schedule, seed, strategy, error } = failure;
  const where = schedule < 0 ? "" : `schedule ${schedule} of ${strategy} with seed ${seed} `;
  const plain = reason === "stuck" || reason === "died" || reason === "sometimes";
  return [
    `${where}${colors.red(`failed (${reason})`)}: ${plain ? error.message : error.text}`,
    ...(plain || reason === "deadlock" ? [] : placeOf(error.stack)),
    ...(reason === "deadlock" ? error.message.split("\n").slice(1) : []),
  ];
}

/** The first line of a stack that is neither Tickless nor Node.js. */
function placeOf(stack: string): string[] {
  const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const own = lines.find(
    (line) => !/node:|node_modules|\/packages\/(?:core|sync|explore|trace)\//.test(line),
  );
  return own === undefined ? [] : [`  ${own.trim()}`];
}

/** The commands that lead on from a failure. One that ends its process cannot be shrunk in it. */
function nextCommands({ reason, reproLine }: CampaignFailure, { rest }: CampaignAsked): string[] {
  if (reproLine === "") return [];
  const again = `again:  npx tickless replay ${reproLine} ${rest}`;
  if (reason === "stuck" || reason === "died") return [again];
  return [again, `shrink: npx tickless shrink ${rest.replace(/( --.*)?$/, ` ${reproLine}$1`)}`];
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
    lines.push(...failureLines(failure, colors));
    lines.push(...nextCommands(failure, asked));
  } else if (choices > 0) lines.push(colors.green("no failure"));
  return [...lines, ...outcomeLines(found), ""].join("\n");
}
