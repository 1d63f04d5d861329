import { type Cycle, findCycle } from "./cycle.ts";
import { TicklessError } from "./errors.ts";
import type { Loop } from "./loop.ts";
import { frameLines } from "./place.ts";

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
  /** In debug mode: where it began to wait, innermost frame first. */
  readonly where?: readonly string[];
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
  /** In debug mode: where it was created, innermost frame first. */
  readonly created?: readonly string[];
  /** In debug mode, if it awaits a promise that the loop does not own: where it had waited before. */
  readonly lastWait?: readonly string[];
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

/** How many lines of tasks a message has. */
const MOST_LISTED = 20;
/** How many tasks of a cycle it names. */
const MOST_IN_CYCLE = 12;

function describe(task: Task<unknown>): BlockedTask {
  const { debugMode } = task.loop;
  const waits = task.waits.map((wait): BlockedWait => {
    const { blockers = [], id: _, ...subject } = wait.subject;
    const place = debugMode?.placeOf(wait);
    return {
      ...subject,
      since: wait.since,
      blockedBy: blockers.map((blocker) => blocker.path),
      ...(place && { where: place.frames }),
    };
  });
  const made = debugMode?.placeMade(task);
  const before = waits.length === 0 ? debugMode?.placeBefore(task) : undefined;
  return {
    task: task.path,
    waits,
    ...(made && { created: made.frames }),
    ...(before && { lastWait: before.frames }),
  };
}

/** Tasks that wait for the same in the same way, which a report tells in one line. */
interface Alike {
  readonly tasks: readonly string[];
  readonly like: BlockedTask;
  /** When the first and the last of them began to wait. */
  readonly since: number;
  readonly until: number;
  /** When the first and the last of them go on by themselves; NaN where they do not. */
  readonly wakes: number;
  readonly wakesLast: number;
}

/** What a task waits for, in words; `many`: they are several. */
function predicate(wait: BlockedWait, many: boolean): string {
  const verb = wait.verb ?? "waits for";
  const what = wait.path === undefined ? wait.kind : `${wait.kind} \`${wait.path}\``;
  const detail = wait.detail === undefined ? "" : `, ${wait.detail}`;
  return `${many ? verb.replace(/^(a?wait)s\b/, "$1") : verb} ${what}${detail}`;
}

/** What tasks must have in common to be told of together. */
function keyOf({ task, waits, created = [], lastWait = [] }: BlockedTask): string {
  // What each of several waits is for is told below the name of its task alone.
  if (waits.length > 1) return task;
  const told = waits.flatMap((wait) => [predicate(wait, false), ...(wait.where ?? [])]);
  return [...told, "", ...lastWait, "", ...created].join("\n");
}

/** Fewer than these are told of one by one, which reads better. */
const FEWEST_TOGETHER = 4;

/** In the order of creation of the first of each group. */
function alike(blocked: readonly BlockedTask[]): Alike[] {
  const byKey = new Map<string, BlockedTask[]>();
  for (const task of blocked) {
    const key = keyOf(task);
    const group = byKey.get(key);
    if (group === undefined) byKey.set(key, [task]);
    else group.push(task);
  }
  return blocked.flatMap((task): Alike[] => {
    const group = byKey.get(keyOf(task)) ?? [];
    if (group.length < FEWEST_TOGETHER) return [together([task])];
    return task === group[0] ? [together(group)] : [];
  });
}

function together(group: readonly BlockedTask[]): Alike {
  const times = group.map(({ waits }) => waits[0]?.since ?? 0);
  const wakes = group.map(({ waits }) => waits[0]?.until ?? NaN);
  return {
    tasks: group.map(({ task }) => task),
    like: group[0] as BlockedTask,
    since: Math.min(...times),
    until: Math.max(...times),
    wakes: Math.min(...wakes),
    wakesLast: Math.max(...wakes),
  };
}

/** Names in a sentence; of many the first two and the last, and how many they are. */
function named(paths: readonly string[]): string {
  const names = paths.map((path) => `\`${path}\``);
  const last = names.at(-1) ?? "";
  if (names.length > 3) return `${names[0]}, ${names[1]} … ${last} (${names.length} tasks)`;
  const others = names.slice(0, -1);
  return others.length === 0 ? last : `${others.join(", ")} and ${last}`;
}

/** `t=5 ms`, or `t=5 ms … t=9 ms`. */
function range(from: number, to: number, loop: Loop): string {
  return from < to ? `${loop.at(from)} … ${loop.at(to)}` : loop.at(from);
}

function linesOf(group: Alike, loop: Loop): string[] {
  const { tasks, like, since, until, wakes, wakesLast } = group;
  const who = named(tasks);
  const many = tasks.length > 1;
  const { waits, created = [], lastWait = [] } = like;
  const lines = waits.flatMap((wait) => {
    const times = many ? range(since, until, loop) : loop.at(wait.since);
    const [first, last] = many ? [wakes, wakesLast] : [wait.until ?? NaN, wait.until ?? NaN];
    const end = Number.isNaN(first) ? "" : `, until ${range(first, last, loop)}`;
    const line = `  ${who} ${predicate(wait, many)}, since ${times}${end}`;
    return [line, ...frameLines(wait.where ?? [], "      ")];
  });
  if (waits.length === 0) {
    lines.push(`  ${who} ${many ? "await" : "awaits"} a promise that the loop does not own`);
    if (lastWait.length > 0) {
      lines.push("    after a wait that ended", ...frameLines(lastWait, "      "));
    }
  }
  if (created.length > 0) lines.push("    created", ...frameLines(created, "      "));
  return lines;
}

/** What tasks wait for, in the order of creation, those that wait alike together. */
function waitLines(blocked: readonly BlockedTask[], loop: Loop): string[] {
  const groups = alike(blocked);
  const shown = groups.slice(0, MOST_LISTED).flatMap((group) => linesOf(group, loop));
  const left = groups.slice(MOST_LISTED).reduce((sum, { tasks }) => sum + tasks.length, 0);
  return left === 0 ? shown : [...shown, `  … and ${left} more`];
}

/** What `tasks` wait for, as a deadlock report tells it. */
export function listing(loop: Loop, tasks: readonly Task<unknown>[]): string[] {
  return waitLines(tasks.map(describe), loop);
}

/**
 * What each task of `loop` waits for, in lines as those of a deadlock report, and which are ready to go on:
 * for whoever looks at a loop between two steps.
 *
 * @category For extenders
 */
export function waitReport(loop: Loop): readonly string[] {
  const ready = new Set(loop.readyIds);
  const lines = listing(
    loop,
    loop.tasks.filter(({ id }) => !ready.has(id)),
  );
  const next = loop.tasks.filter(({ id }) => ready.has(id)).map(({ path }) => path);
  if (next.length === 0) return lines;
  return [...lines, `  ${named(next)} ${next.length === 1 ? "is" : "are"} ready to go on`];
}

function cycleLines(cycle: Cycle): string[] {
  const paths = cycle.tasks.map(({ path }) => `\`${path}\``);
  // A task that waits for itself says so in its own line.
  if (paths.length < 2) return [];
  const shown = paths.slice(0, MOST_IN_CYCLE);
  const left = paths.length - shown.length;
  if (left > 0) shown.push(`… ${left} more`);
  const lines = ["", `  Cycle: ${[...shown, paths[0]].join(" waits for ")}`];
  if (cycle.others.length > 0) {
    const others = named(cycle.others.map(({ path }) => path));
    lines.push(
      `  ${others} could end one of these waits too, but ${cycle.others.length === 1 ? "is" : "are"} stuck as well.`,
    );
  }
  return lines;
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
function advise(blocked: readonly BlockedTask[], loop: Loop): string[] {
  const advice = blocked.flatMap(({ waits }) => waits.map((wait) => wait.advice));
  if (blocked.some(({ waits }) => waits.length === 0)) {
    advice.push(
      loop.surroundings?.advice?.() ??
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
  const cycle = findCycle(tasks);
  const count = blocked.length === 1 ? "1 task is" : `${blocked.length} tasks are`;
  const message = [
    blocked.length === 0
      ? `Nothing is left to do at ${loop.at()}, and nobody has called \`stop\`.`
      : `Deadlock at ${loop.at()}: nothing is ready, no timer is pending, and ${count} still waiting.`,
    "",
    ...waitLines(blocked, loop),
    ...cycleLines(cycle),
    ...advise(blocked, loop).map((text) => `\n${wrapped(text).join("\n")}`),
  ];
  const ring = cycle.tasks.map(({ path }) => path);
  return new DeadlockError(message.join("\n").trimEnd(), now, blocked, ring);
}
