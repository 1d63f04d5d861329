import type { Exploration } from "./exploration.ts";
import type { Failure } from "./failure.ts";
import { detailsOf, failureText, NOT_REPEATED } from "./failure-text.ts";
import { plural } from "./shrunk-text.ts";
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

function failureLines(failure: Failure, tried: boolean): string[] {
  const { reason, schedule, error, reproLine, shrunk } = failure;
  if (reason === "sometimes") return [`failed (sometimes): ${errorText(error)}`];
  const story = shrunk?.story ?? (tried ? NOT_REPEATED : "");
  const told = { reason, error: errorText(error), below: detailsOf(error), story };
  const text = failureText({ which: `schedule ${schedule}`, ...told });
  const line = shrunk?.reproLine ?? reproLine;
  return [text, ...(story === "" ? [] : [""]), `Run it again: replay("${line}", main)`];
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
