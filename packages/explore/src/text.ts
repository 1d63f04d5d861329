import type { Exploration } from "./exploration.ts";
import type { Failure } from "./failure.ts";
import { errorText, type Outcome } from "./outcomes.ts";

const MOST_OUTCOMES = 10;

function plural(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

function summary(found: Omit<Exploration, "text">): string {
  const { schedules, complete, choices, strategy } = found;
  if (choices === 0) {
    return (
      `nothing to explore: ${plural(schedules, "schedule")}. No two tasks were ever ready at one time, ` +
      "since code between two waits of the engine is atomic. Let awaits of the program be hand-overs: " +
      "with the plugin of @tickless/vitest or the command `tickless explore`, with `interleave(object)` " +
      "for the methods of one object, or with `sleep(0)`."
    );
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

function failureLines({ reason, schedule, error, reproLine }: Failure): string[] {
  if (reason === "sometimes") return [`failed (sometimes): ${errorText(error)}`];
  return [
    `schedule ${schedule} failed (${reason}): ${errorText(error)}`,
    `repeat it: replay("${reproLine}", main)`,
  ];
}

/** A campaign for people. */
export function explorationText(found: Omit<Exploration, "text">): string {
  const { failure } = found;
  const lines = [summary(found)];
  if (failure !== null) {
    lines.push(...failureLines(failure));
  } else if (found.choices > 0) lines.push("no failure");
  return [...lines, ...outcomeLines(found.outcomes)].join("\n");
}
