// The code under test: it asks eight mirrors at once and notes the answers as they come. Each
// mirror looks something up on the disk and waits for the network, four times over.
import { readFile } from "node:fs/promises";
import { setTimeout as realSleep } from "node:timers/promises";
import { type Coroutine, external, run, sleep } from "tickless";

/** What the code takes from its surroundings: how to wait, and how to reach the disk. */
export interface Surroundings {
  sleep(delayMs: number): PromiseLike<void> | Coroutine<void>;
  io(work: () => Promise<void>): PromiseLike<void> | Coroutine<void>;
  /** Runs a program in these surroundings. */
  run<T>(main: () => Promise<T>): Promise<T>;
}

/** Real timers, and the disk in real time. */
export const real: Surroundings = {
  sleep: realSleep,
  io: (work) => work(),
  run: (main) => main(),
};

/** Virtual time, which stands still while the disk works. */
export const virtual: Surroundings = {
  sleep,
  io: (work) => external(work),
  run: (main) => run(main),
};

const mirrors = ["A", "B", "C", "D", "E", "F", "G", "H"];

async function lookUp(): Promise<void> {
  await readFile(new URL(import.meta.url));
}

/** Asks all mirrors; the order in which they have answered. */
export async function search(surroundings: Surroundings): Promise<readonly string[]> {
  const answers: string[] = [];
  const ask = async (mirror: string): Promise<void> => {
    for (let hop = 0; hop < 4; hop++) {
      await surroundings.io(lookUp);
      await surroundings.sleep(2);
    }
    answers.push(mirror);
  };
  await Promise.all(mirrors.map(ask));
  return answers;
}

/**
 * What the test's author expects: all mirrors are equally far, so the one that was asked first is
 * the first to answer. On real timers that holds about every other time.
 */
export function asExpected(answers: readonly string[]): boolean {
  return answers[0] === mirrors[0];
}
