import type { Decision, Shrinkage, Shrunk } from "./shrunk.ts";

/** Beyond so many decisions the text shows the first and the last. */
const MOST_DECISIONS = 20;

/** `3 steps`, `1 step`. */
export function plural(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

/** What happens where nothing was decided. */
const BASELINE =
  "Each task runs for as long as it can, then the one that has been ready for longest";

/** One decision in words. `upTo`: how late timers may be. */
export function decisionText(
  decision: Omit<Decision, "text">,
  unit: string,
  upTo: number = 0,
): string {
  const { kind, time, task, step, over, to, picked, count } = decision;
  const when = `t=${time}${unit}`;
  if (kind === "switch") {
    const next = to === task ? "another part of it" : to;
    return `${when}: ${task} is interrupted after its step ${step}, and ${next} runs`;
  }
  if (kind === "turn" && to === over) {
    return `${when}: ${to} runs, with another part than that which has been ready for longer`;
  }
  if (kind === "turn") return `${when}: ${to} runs, although ${over} has been ready for longer`;
  if (kind === "external") {
    return `${when}: of ${count} calls that have arrived, number ${picked + 1} is delivered first`;
  }
  if (kind === "jitter") {
    const late = (picked / (count - 1)) * upTo;
    return `${when}: a timer that ${task ?? "the program"} sets in its step ${step} is ${late}${unit} late`;
  }
  return `${when}: ${task ?? "the program"}, in its step ${step}, gets ${picked} from ${asked(count)}`;
}

function asked(count: number): string {
  return count === 2 ? "choose(2) or buggify()" : `choose(${count})`;
}

function decisionLines(decisions: readonly Decision[]): string[] {
  if (decisions.length === 0) {
    return [`${BASELINE}. It fails in just that order.`];
  }
  const lines = decisions.map(({ text, place }, i) => {
    return `  ${i + 1}. ${text}${place === "" ? "" : `\n       ${place}`}`;
  });
  const left = lines.length - MOST_DECISIONS;
  if (left > 0) lines.splice(MOST_DECISIONS - 5, left, `  … and ${left} more`);
  return [`${BASELINE}, except:`, ...lines];
}

/** Why there may be a simpler one. */
const ENDS: Readonly<Record<Shrinkage["end"], string>> = {
  finished: "",
  budget: " The budget was used up: more `shrinkReplays` may make it shorter.",
  interrupted: " Interrupted: this is the simplest that was found until then.",
};

/** What of a shrunk schedule is told here. */
type Told = Omit<Shrunk, "story" | "text">;

function effort(shrunk: Told, { found, end, wallTimeMs }: Shrinkage): string {
  const { from, decisions, replays, simplest } = shrunk;
  const why = simplest ? " No simpler schedule fails like this." : ENDS[end];
  return (
    `Shrunk: decisions ${from} → ${decisions.length}, choices ${found.choices.length} → ${shrunk.choices.length}, ` +
    `${plural(replays, "replay")}, ${Math.ceil(wallTimeMs)} ms.${why}`
  );
}

/** Calls side by side without a task each. */
function partsLines(tasks: readonly string[]): string[] {
  if (tasks.length === 0) return [];
  const [first] = tasks;
  return [
    "",
    `Parts of \`${first}\` run side by side in one task, as in \`Promise.all([a(), b()])\`, and go by one name. Make`,
    "each a task, `gather([createTask(a), createTask(b)])`, and they are told apart here.",
  ];
}

/** A shrunk schedule for people, without how to run it. `parted`: tasks whose parts it cannot tell apart. */
export function shrunkStory(shrunk: Told, parted: readonly string[], shrinkage: Shrinkage): string {
  return [
    effort(shrunk, shrinkage),
    "",
    ...decisionLines(shrunk.decisions),
    "",
    shrunk.timeline,
    ...partsLines(parted),
  ].join("\n");
}
