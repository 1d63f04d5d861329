import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTask, type FlowOf, gather, now, random, runSync, sleep } from "@tickless/core";
import { firstDifference, type Trace, TimeTravel } from "@tickless/trace";
import { fileRecorder, readTrace } from "@tickless/trace/node";
import { type Draw, integerDelays } from "../lcg.ts";
import type { Check, Program, Size } from "../program.ts";

/**
 * W8: what one does with trace files of a million events, of W1 with generators. They are made before
 * the clock starts. `moment` is called right before and right after what is timed.
 */

/** How often each thing is done in one process. */
const TURNS = 7;
/** Of W1: a timer, a step and a wait. */
const EVENTS_A_SLEEP = 3;

/** A draw of one number that nobody uses: the one event in which two recordings may differ. */
interface Oddity {
  readonly stream: string;
  /** After how many sleeps of all tasks. */
  left: number;
}

function* sleeper(rounds: number, draw: Draw, oddity: Oddity): FlowOf<void> {
  for (let i = 0; i < rounds; i++) {
    yield* sleep(draw());
    if (--oddity.left === 0) random(oddity.stream)();
  }
}

function* mainFlow(tasks: number, rounds: number, oddity: Oddity): FlowOf<number> {
  const draw = integerDelays();
  const body = () => createTask(sleeper(rounds, draw, oddity));
  yield* gather(Array.from({ length: tasks }, body));
  return now();
}

/** Records `size.events` events or some more; answers the time at the end. `where` is a part of the whole. */
function record(file: string, { tasks, events }: Size, where: number, stream: string): number {
  const rounds = Math.ceil(events / EVENTS_A_SLEEP / tasks);
  const oddity = { stream, left: Math.floor(rounds * tasks * where) };
  const taker = fileRecorder(file);
  const time = runSync(() => mainFlow(tasks, rounds, oddity), { probes: taker.probes });
  taker.finish();
  return time;
}

/** Hands `use` a folder that is gone afterwards. */
function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "tickless-bench-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function timed<T>(moment: () => void, turn: (i: number) => T): T[] {
  return Array.from({ length: TURNS }, (_, i) => {
    moment();
    const result = turn(i);
    moment();
    return result;
  });
}

/** The numbers of events in the second quarter of a trace, where all tasks live. */
function place({ last }: Trace, i: number): number {
  return Math.floor((last / 4) * (1 + i / TURNS));
}

const MIDDLE = 0.5;
const NEAR_THE_END = 0.99;

/** Of one file; what it answers is added up. */
function ofOneFile(
  prepare: (file: string) => (i: number) => number,
): (size: Size, moment: () => void) => Check {
  return (size, moment) =>
    inFolder((folder) => {
      const file = join(folder, "run.trace");
      const time = record(file, size, MIDDLE, "odd");
      const results = timed(moment, prepare(file));
      const events = readTrace(file).last;
      return { events, time, sum: results.reduce((sum, result) => sum + result, 0) };
    });
}

/** Two files on disk: read, checked, and compared. */
function divergence(where: number): Program {
  return (size, moment) =>
    inFolder((folder) => {
      const [one, other] = ["one", "other"].map((name) => join(folder, `${name}.trace`)) as [
        string,
        string,
      ];
      const time = record(one, size, where, "one");
      record(other, size, where, "other");
      const [sum = 0] = timed(moment, () => firstDifference(readTrace(one), readTrace(other)));
      const [a, b] = [one, other].map((file) => readTrace(file));
      // the streams differ in this event and in no other
      for (const event of [a?.event(sum), b?.event(sum)]) {
        if (event?.kind !== "draw") throw new Error(`Event ${sum} is not the one that differs`);
      }
      return { events: a?.last ?? 0, time, sum };
    });
}

export const open: Program = ofOneFile((file) => () => readTrace(file).last);

/** From the file to one event, of another place each time. */
export const goToEvent: Program = ofOneFile((file) => (i) => {
  const trace = readTrace(file);
  return trace.event(place(trace, i)).event;
});

/** What was so after an event, of another place each time. The trace is gone through once, beforehand. */
export const stateAt: Program = (size, moment) =>
  ofOneFile((file) => {
    const trace = readTrace(file);
    const travel = new TimeTravel(trace);
    return (i) => {
      const { tasks } = travel.at(place(trace, i));
      const expected = size.tasks + 1;
      if (tasks.length === expected) return tasks.length;
      throw new Error(`Expected ${expected} live tasks, got ${tasks.length}`);
    };
  })(size, moment);

export const divergenceInTheMiddle: Program = divergence(MIDDLE);
export const divergenceNearTheEnd: Program = divergence(NEAR_THE_END);
