import type { Policy } from "../src/policy.ts";

/** Takes what became ready last. */
export function lastInFirstOut(): Policy {
  return { choose: (_kind, count) => count - 1 };
}

/** Takes what the default order takes. */
export function firstInFirstOut(): Policy {
  return { choose: () => 0 };
}

/** Takes any option with equal probability (mulberry32, by Tommy Ettinger). */
export function randomPolicy(seed: number): Policy {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { choose: (_kind, count) => Math.floor(next() * count) };
}

interface Choice {
  readonly count: number;
  readonly picked: number;
}

/** The choices of the schedule after `taken` in depth-first order; undefined after the last. */
function nextChoices(taken: readonly Choice[]): number[] | undefined {
  const last = taken.findLastIndex(({ picked, count }) => picked + 1 < count);
  if (last < 0) return undefined;
  return taken.slice(0, last + 1).map(({ picked }, i) => (i === last ? picked + 1 : picked));
}

/** Runs `once` under every schedule that there is. Answers what it gave, one result a schedule. */
export async function everySchedule<T>(once: (policy: Policy) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let prefix: number[] | undefined = []; prefix !== undefined;) {
    const given: readonly number[] = prefix;
    const taken: Choice[] = [];
    results.push(
      await once({
        choose(_kind, count) {
          const picked = given[taken.length] ?? 0;
          taken.push({ count, picked });
          return picked;
        },
      }),
    );
    prefix = nextChoices(taken);
  }
  return results;
}
