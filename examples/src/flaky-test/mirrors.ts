// The code under test: it fetches a file from eight mirrors at once and notes which are done, as
// they come. From each it fetches eight parts: the network takes 2 ms for one, and then its key is
// derived, in the thread pool of Node.js.
import { pbkdf2 } from "node:crypto";
import { setTimeout as realSleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type Coroutine, external, run, sleep } from "tickless";

/** What the code takes from its surroundings: how to wait, and how to have real work done. */
export interface Surroundings {
  sleep(delayMs: number): PromiseLike<void> | Coroutine<void>;
  external(work: () => Promise<void>): PromiseLike<void> | Coroutine<void>;
  /** Runs a program in these surroundings. */
  run<T>(main: () => Promise<T>): Promise<T>;
}

/** Real timers, and threads that take what time they need. */
export const real: Surroundings = {
  sleep: realSleep,
  external: (work) => work(),
  run: (main) => main(),
};

/** Virtual time, which stands still while the threads work. */
export const virtual: Surroundings = {
  sleep,
  external: (work) => external(work),
  run: (main) => run(main),
};

const mirrors = ["A", "B", "C", "D", "E", "F", "G", "H"];

const derive = promisify(pbkdf2);

async function deriveKey(): Promise<void> {
  await derive("a part of the file", "salt", 2000, 32, "sha256");
}

/** Fetches the file from all mirrors; the order in which they were done. */
export async function fetchFromAll(surroundings: Surroundings): Promise<readonly string[]> {
  const done: string[] = [];
  const fetchFrom = async (mirror: string): Promise<void> => {
    for (let part = 1; part <= 8; part++) {
      await surroundings.sleep(2);
      await surroundings.external(deriveKey);
    }
    done.push(mirror);
  };
  await Promise.all(mirrors.map(fetchFrom));
  return done;
}

/**
 * What the test's author expects: all mirrors are equally fast, so the one that was asked first is
 * done first. On real timers that holds about every other time.
 */
export function asExpected(done: readonly string[]): boolean {
  return done[0] === mirrors[0];
}
