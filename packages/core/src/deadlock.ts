import { TicklessError } from "./errors.ts";
import type { Loop } from "./loop.ts";
import type { Task } from "./task.ts";
import type { WaitSubject } from "./wait.ts";

/**
 * One thing that a blocked task waits for.
 *
 * @category Errors
 */
export interface BlockedWait extends Omit<WaitSubject, "blockers" | "id"> {
  /** Since when, in virtual time. */
  readonly since: number;
  /** Paths of the tasks that keep it waiting. */
  readonly blockedBy: readonly string[];
}

/**
 * A task that nothing can wake.
 *
 * @category Errors
 */
export interface BlockedTask {
  /** Path of the task. */
  readonly task: string;
  /** What it waits for; empty if it awaits a promise that the loop does not own. */
  readonly waits: readonly BlockedWait[];
}

/**
 * Nothing is ready, no timer is pending, no `external` call is in flight, and main is not done.
 *
 * @category Errors
 */
export class DeadlockError extends TicklessError {
  /** The tasks that cannot go on, in the order of creation. */
  readonly blocked: readonly BlockedTask[];
  /** Paths of the tasks that wait for each other in a ring, if there is one. */
  readonly cycle: readonly string[];

  constructor(
    message: string,
    time: number,
    blocked: readonly BlockedTask[],
    cycle: readonly string[],
  ) {
    super("ERR_DEADLOCK", message, { time });
    this.blocked = blocked;
    this.cycle = cycle;
  }
}

/** How many tasks a message lists. */
const MOST_LISTED = 20;

function blockersOf(task: Task<unknown>): Task<unknown>[] {
  return task.waits.flatMap((wait) => [...(wait.subject.blockers ?? [])]);
}

/** A ring of tasks that wait for each other, found from the first task in the order of creation. */
function findCycle(tasks: readonly Task<unknown>[]): Task<unknown>[] {
  const finished = new Set<Task<unknown>>();
  for (const start of tasks) {
    const trail: Task<unknown>[] = [];
    const pending: Task<unknown>[][] = [[start]];
    while (pending.length > 0) {
      const next = (pending.at(-1) as Task<unknown>[]).shift();
      if (next === undefined) {
        pending.pop();
        const left = trail.pop();
        if (left !== undefined) finished.add(left);
        continue;
      }
      const seen = trail.indexOf(next);
      if (seen >= 0) return trail.slice(seen);
      if (finished.has(next)) continue;
      trail.push(next);
      pending.push(blockersOf(next));
    }
  }
  return [];
}

function describe(task: Task<unknown>): BlockedTask {
  const waits = task.waits.map((wait): BlockedWait => {
    const { blockers = [], id: _, ...subject } = wait.subject;
    return { ...subject, since: wait.since, blockedBy: blockers.map((blocker) => blocker.path) };
  });
  return { task: task.path, waits };
}

function waitLine(wait: BlockedWait, loop: Loop): string {
  const what = wait.path === undefined ? wait.kind : `${wait.kind} \`${wait.path}\``;
  const detail = wait.detail === undefined ? "" : `, ${wait.detail}`;
  return `${wait.verb ?? "waits for"} ${what}${detail}, since ${loop.at(wait.since)}`;
}

/** `text` in indented lines that fit a terminal; code is not broken. */
function wrapped(text: string): string[] {
  const words = text.match(/(?:`[^`]*`|\S)+/g) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length > 92) lines.push(`  ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

/** What to do about it: once for each kind of trouble. */
function advise(blocked: readonly BlockedTask[]): string[] {
  const advice = blocked.flatMap(({ waits }) => waits.map((wait) => wait.advice));
  if (blocked.some(({ waits }) => waits.length === 0)) {
    advice.push(
      "A promise that the loop does not own is one that Tickless did not make: of an I/O call, a real " +
        "timer, a library, or `new Promise`. Nothing that is left in this run can settle it. For real " +
        "I/O write `await external(() => fetch(url))`; to wait for time, `await sleep(10)`.",
    );
  }
  return [...new Set(advice)].filter((text) => text !== undefined);
}

/** Describes a loop in which nothing can go on. Taken before anything is cancelled. */
export function deadlockError(loop: Loop): DeadlockError {
  const { tasks, now } = loop;
  const blocked = tasks.map(describe);
  const cycle = findCycle(tasks).map((task) => task.path);
  const count = blocked.length === 1 ? "1 task is" : `${blocked.length} tasks are`;
  const lines = [
    blocked.length === 0
      ? `Nothing is left to do at ${loop.at()}, and nobody has called \`stop\`.`
      : `Deadlock at ${loop.at()}: nothing is ready, no timer is pending, and ${count} still waiting.`,
    "",
  ];
  for (const { task, waits } of blocked.slice(0, MOST_LISTED)) {
    if (waits.length === 0) lines.push(`  \`${task}\` awaits a promise that the loop does not own`);
    for (const wait of waits) lines.push(`  \`${task}\` ${waitLine(wait, loop)}`);
  }
  if (blocked.length > MOST_LISTED) lines.push(`  … and ${blocked.length - MOST_LISTED} more`);
  if (cycle.length > 1) {
    const ring = [...cycle, cycle[0]].map((path) => `\`${path}\``).join(" waits for ");
    lines.push("", `  Cycle: ${ring}`);
  }
  for (const text of advise(blocked)) lines.push("", ...wrapped(text));
  return new DeadlockError(lines.join("\n").trimEnd(), now, blocked, cycle);
}
