import { TicklessError } from "./errors.ts";
import type { Loop } from "./loop.ts";
import type { Task } from "./task.ts";
import type { WaitSubject } from "./wait.ts";

/** One thing that a blocked task waits for. */
export interface BlockedWait extends Omit<WaitSubject, "blockers" | "id"> {
  /** Since when, in virtual time. */
  readonly since: number;
  /** Paths of the tasks that keep it waiting. */
  readonly blockedBy: readonly string[];
}

/** A task that nothing can wake. */
export interface BlockedTask {
  /** Path of the task. */
  readonly task: string;
  /** What it waits for; empty if it awaits a promise that the loop does not own. */
  readonly waits: readonly BlockedWait[];
}

/** Nothing is ready, no timer is pending, no `external` call is in flight, and main is not done. */
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

function waitLine(wait: BlockedWait, unit: string): string {
  const what = wait.path === undefined ? wait.kind : `${wait.kind} \`${wait.path}\``;
  const detail = wait.detail === undefined ? "" : ` (${wait.detail})`;
  const holder =
    wait.kind === "lock" && wait.blockedBy.length > 0
      ? `, held by \`${wait.blockedBy.join("`, `")}\``
      : "";
  return `waits for ${what}${detail}${holder}, since t=${wait.since}${unit}`;
}

/** Describes a loop in which nothing can go on. Taken before anything is cancelled. */
export function deadlockError(loop: Loop): DeadlockError {
  const { tasks, now, settings } = loop;
  const unit = settings.timeUnit === "none" ? "" : ` ${settings.timeUnit}`;
  const blocked = tasks.map(describe);
  const cycle = findCycle(tasks).map((task) => task.path);
  const foreign = blocked.some(({ waits }) => waits.length === 0);
  const count = blocked.length === 1 ? "1 task is" : `${blocked.length} tasks are`;
  const lines = [
    blocked.length === 0
      ? `Nothing is left to do at t=${now}${unit}, and nobody has called \`stop\`.`
      : `Deadlock at t=${now}${unit}: nothing is ready, no timer is pending, and ${count} still waiting.`,
    "",
  ];
  for (const { task, waits } of blocked.slice(0, MOST_LISTED)) {
    if (waits.length === 0) lines.push(`  \`${task}\` awaits a promise that the loop does not own`);
    for (const wait of waits) lines.push(`  \`${task}\` ${waitLine(wait, unit)}`);
  }
  if (blocked.length > MOST_LISTED) lines.push(`  … and ${blocked.length - MOST_LISTED} more`);
  if (cycle.length > 0) {
    lines.push(
      "",
      `  Cycle: ${[...cycle, cycle[0]].map((path) => `\`${path}\``).join(" waits for ")}`,
    );
  }
  if (foreign) {
    lines.push(
      "",
      "  A promise that the loop does not own is settled by other code of the program, or by nobody.",
      "  If real I/O or a real timer settles it, wrap the call: `await external(() => fetch(url))`;",
      "  to wait for time, use `sleep`.",
    );
  }
  return new DeadlockError(lines.join("\n").trimEnd(), now, blocked, cycle);
}
