import { isDeadlock } from "./errors.ts";
import type { Exploration } from "./exploration.ts";
import type { Failure } from "./failure.ts";
import { plural } from "./shrunk-text.ts";
import { placeOf } from "./signature.ts";
import { errorText, type Outcome } from "./outcomes.ts";

const MOST_OUTCOMES = 10;

const TASKS =
  "No two tasks were ever ready at one time: between tasks, code between two waits of the engine is atomic.";

const ONE_TASK =
  "All of it ran in one task, `main`: what goes on side by side in it, as in `Promise.all([a(), b()])`, took " +
  "the one order that plain promises have. Make each a task: `gather([createTask(a), createTask(b)])`.";

const HAND_OVERS =
  "Let awaits of the program be hand-overs: with the plugin of @tickless/vitest, the hook " +
  "`registerHandOvers()` or the command `tickless explore`, with `interleave(object)` for the methods of " +
  "one object, or with `sleep(0)`.";

function summary(found: Omit<Exploration, "text">): string {
  const { schedules, complete, choices, strategy, tasks } = found;
  if (choices === 0) {
    const why = tasks > 1 ? TASKS : ONE_TASK;
    return `nothing to explore: ${plural(schedules, "schedule")}. ${why} ${HAND_OVERS}`;
  }
  const explored = complete
    ? `explored all ${plural(schedules, "schedule")}`
    : plural(schedules, "schedule");
  return `${explored} (${strategy})`;
}

function outcomeLines(outcomes: readonly Outcome[]): string[] {
  if (outcomes.length < 2) return [];
  const lines = outcomes.slice(0, MOST_OUTCOMES).map(({ count, text }) => `  ${count} × ${text}`);
  const left = outcomes.length - MOST_OUTCOMES;
  return [`${outcomes.length} outcomes:`, ...lines, ...(left > 0 ? [`  … and ${left} more`] : [])];
}

/** What there is to say of an error beside its first line: of a deadlock who waits for whom. */
function below(error: unknown): string[] {
  if (isDeadlock(error)) return error.message.split("\n").slice(1);
  const place = placeOf(error);
  return place === "" ? [] : [`  ${place}`];
}

const NOT_REPEATED = [
  "It did something else when it was run again with the same choices, so it cannot be shrunk: the program",
  "takes something from outside the run, such as Date.now(), Math.random(), a variable that an earlier",
  "schedule has changed, or real I/O. See which, and where: `run(guard(main))`.",
];

function failureLines(failure: Failure, tried: boolean): string[] {
  const { reason, schedule, error, reproLine, shrunk } = failure;
  if (reason === "sometimes") return [`failed (sometimes): ${errorText(error)}`];
  const lines = [`schedule ${schedule} failed (${reason}): ${errorText(error)}`, ...below(error)];
  if (shrunk === null && tried) lines.push("", ...NOT_REPEATED, "");
  if (shrunk === null) return [...lines, `Run it again: replay("${reproLine}", main)`];
  return [...lines, "", shrunk.text];
}

/** A campaign for people. `tried`: its failure was to be shrunk. */
export function explorationText(found: Omit<Exploration, "text">, tried: boolean): string {
  const { failure } = found;
  const lines = [summary(found)];
  if (failure !== null) {
    lines.push(...failureLines(failure, tried));
  } else if (found.choices > 0) lines.push("no failure");
  const outcomes = outcomeLines(found.outcomes);
  // What has many lines stands apart from what comes next.
  if (failure?.shrunk && outcomes.length > 0) lines.push("");
  return [...lines, ...outcomes].join("\n");
}
