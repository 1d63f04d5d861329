import { execFile, spawn } from "node:child_process";
import { readSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { text as allOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Measure, Order } from "./compare.ts";
import {
  inTurns,
  type Measurement,
  measureMemory,
  measureOnce,
  measureSpeed,
  measureTime,
  type Turns,
  warmedUp,
} from "./measure.ts";
import type { Program } from "./program.ts";
import { SelectionError, variantOf, workloadOf } from "./selection.ts";
import type { Kind } from "./workload.ts";

/** The word by which the command knows that it is to measure, not to compare. */
export const MEASURE = "measure";
/** The same, whenever it is asked for a turn. */
export const TURNS = "turns";

/** What tells a process that takes turns to go. */
const GO = "\n";

const FILE = fileURLToPath(new URL("./run.js", import.meta.url));

/** The arguments by which Node carries out an order in another process. */
function argumentsOf(
  word: typeof MEASURE | typeof TURNS,
  { workload, kind, side, size, quick }: Order,
): string[] {
  const sizes = [String(size.tasks), String(size.events)];
  const args = [...process.execArgv, "--expose-gc", FILE, word, workload, kind, side, ...sizes];
  return quick ? [...args, "--quick"] : args;
}

/** What is thrown if `order` could not be carried out: how to see it again, and what was complained of. */
function failure(order: Order, complaint: string, cause?: unknown): Error {
  return new Error(`Failed: node ${argumentsOf(MEASURE, order).join(" ")}\n${complaint}`, {
    cause,
  });
}

/** Carries out an order in a fresh process of the same Node. */
export async function alone(order: Order): Promise<Measurement> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, argumentsOf(MEASURE, order));
    return JSON.parse(stdout) as Measurement;
  } catch (cause) {
    throw failure(order, (cause as { readonly stderr?: string }).stderr ?? String(cause), cause);
  }
}

/** A process that has warmed up, and stands still but for its turns. */
interface Runner {
  readonly turn: () => Promise<Turns>;
  readonly end: () => void;
}

async function started(order: Order): Promise<Runner> {
  const child = spawn(process.execPath, argumentsOf(TURNS, order));
  const complaint = allOf(child.stderr);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  // Of a process that is gone, its missing answer tells.
  child.stdin.on("error", () => undefined);
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw failure(order, await complaint);
    return value;
  };
  await answer();
  return {
    turn: async () => {
      child.stdin.write(GO);
      return JSON.parse(await answer()) as Turns;
    },
    end: () => child.stdin.end(),
  };
}

/** Measures speeds in processes that take turns, everything else in one process after the other. */
export const sideBySide: Measure = async (orders) => {
  if (orders.some((one) => one.quick || workloadOf(one.workload).measures !== "speed")) {
    const measured: Measurement[] = [];
    for (const order of orders) measured.push(await alone(order));
    return measured;
  }
  const runners: Runner[] = [];
  try {
    for (const order of orders) runners.push(await started(order));
    return await inTurns(runners.map(({ turn }) => turn));
  } finally {
    for (const { end } of runners) end();
  }
};

async function programOf({ workload: id, kind, side }: Order): Promise<Program> {
  const load = variantOf(workloadOf(id), kind)[side];
  if (load !== undefined) return load();
  throw new SelectionError(`${id} is measured alone: it has no program \`${side}\``);
}

/** Carries out an order in this process. */
export async function carryOut(order: Order): Promise<Measurement> {
  const { size, quick } = order;
  const program = await programOf(order);
  const workload = workloadOf(order.workload);
  if (workload.measures === "memory") return measureMemory(program, size);
  if (workload.measures === "time") return measureTime(program, size);
  if (workload.measures === "size" || quick) return measureOnce(program, size);
  return measureSpeed(program, size, workload.quick);
}

/**
 * Carries out an order in this process, a turn whenever it is told to go. In between it stands still,
 * and the event loop has nothing more to look after than it has in a process by itself.
 */
export async function takeTurns(order: Order): Promise<void> {
  const answer = (line: object): number => writeSync(1, `${JSON.stringify(line)}\n`);
  const workload = workloadOf(order.workload);
  const turn = await warmedUp(await programOf(order), order.size, workload.quick);
  answer({ warm: true });
  const told = Buffer.alloc(GO.length);
  while (readSync(0, told) > 0) answer(await turn());
}

function count(name: string, text: string | undefined): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new SelectionError(`Expected ${name} to be an integer ≥ 1, got \`${text}\``);
}

/** The order that `argumentsOf` has written. Throws SelectionError if it has not. */
export function orderOf(words: readonly (string | undefined)[], quick: boolean): Order {
  const [workload = "", kind = "", side, tasks, events] = words;
  variantOf(workloadOf(workload), kind);
  if (side !== "engine" && side !== "bare") {
    throw new SelectionError(`Expected \`engine\` or \`bare\`, got \`${side}\``);
  }
  const size = { tasks: count("TASKS", tasks), events: count("EVENTS", events) };
  return { workload, kind: kind as Kind, side, size, quick };
}
