import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import type { Measure, Order } from "./compare.ts";
import {
  type Measurement,
  measureMemory,
  measureOnce,
  measureSpeed,
  measureTime,
} from "./measure.ts";
import type { Kind } from "./workload.ts";
import { SelectionError, variantOf, workloadOf } from "./selection.ts";

/** The word by which the command knows that it is to measure, not to compare. */
export const MEASURE = "measure";

/** The arguments by which `carryOut` is asked for in another process. */
function argumentsOf({ workload, kind, side, size, quick }: Order): string[] {
  const args = [MEASURE, workload, kind, side, String(size.tasks), String(size.events)];
  return quick ? [...args, "--quick"] : args;
}

/** Carries out an order in a fresh process of the same Node. */
export const inFreshProcess: Measure = async (order) => {
  const file = fileURLToPath(new URL("./run.js", import.meta.url));
  const args = [...process.execArgv, "--expose-gc", file, ...argumentsOf(order)];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return JSON.parse(stdout) as Measurement;
  } catch (cause) {
    const { stderr } = cause as { readonly stderr?: string };
    throw new Error(`Failed: node --expose-gc ${file} ${argumentsOf(order).join(" ")}\n${stderr}`, {
      cause,
    });
  }
};

/** Carries out an order in this process. */
export const carryOut: Measure = async ({ workload: id, kind, side, size, quick }) => {
  const workload = workloadOf(id);
  const load = variantOf(workload, kind)[side];
  if (load === undefined) {
    throw new SelectionError(`${id} is measured alone: it has no program \`${side}\``);
  }
  const program = await load();
  if (workload.measures === "memory") return measureMemory(program, size);
  if (workload.measures === "time") return measureTime(program, size);
  if (workload.measures === "size") return measureOnce(program, size);
  return quick ? measureOnce(program, size) : measureSpeed(program, size, workload.quick);
};

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
