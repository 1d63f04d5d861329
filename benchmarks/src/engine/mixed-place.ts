import { Event, Lock, Queue, Semaphore } from "@tickless/sync";
import { type Draw, integerDelays } from "../lcg.ts";
import type { Tally } from "../program.ts";

/** What the tasks of the mixed workload share. */
export interface Place {
  readonly tally: Tally;
  readonly draw: Draw;
  readonly goods: Queue<number>;
  readonly lock: Lock;
  readonly permits: Semaphore;
  readonly bell: Event;
}

/** How many kinds of task there are; so many tasks, or a multiple, make a run. */
export const ROLES = 8;
/** Half of the sleeps under a time-out are longer than this. */
export const PATIENCE = 50;
/** How often the bell rings. */
export const BELL = 20;

const SHELF = 4;
const PERMITS = 3;

export function openPlace(tally: Tally): Place {
  return {
    tally,
    draw: integerDelays(),
    goods: new Queue<number>({ maxsize: SHELF }),
    lock: new Lock(),
    permits: new Semaphore(PERMITS),
    bell: new Event(),
  };
}
