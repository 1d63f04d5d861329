import { createTask, gather, log, mark, random, simulate, sleep } from "@tickless/core";
import { Lock, Queue } from "@tickless/sync";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  encodeTrace,
  openTrace,
  recorder,
  type Recorder,
  type RecorderOptions,
} from "../src/index.ts";

/** What a task does: each a letter and a number. */
type Step = readonly [what: "sleep" | "put" | "get" | "lock" | "draw" | "spawn", size: number];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom("sleep", "put", "get", "lock", "draw", "spawn"),
    fc.nat(5),
  ) as fc.Arbitrary<Step>,
  { maxLength: 12 },
);
const programs = fc.record({
  bodies: fc.array(steps, { minLength: 1, maxLength: 5 }),
  seed: fc.nat(9),
  laps: fc.constantFrom(1, 1, 1, 400),
});
type Program = typeof programs extends fc.Arbitrary<infer P> ? P : never;

function mainOf({ bodies, laps }: Program, isNoisy: boolean): () => Promise<unknown> {
  return () => {
    const jobs = new Queue<number>({ maxsize: 2, name: "jobs" });
    const ledger = new Lock();
    const take = async ([what, size]: Step): Promise<void> => {
      if (isNoisy) mark(what, size);
      if (what === "sleep") await sleep(size / 2);
      else if (what === "put") await jobs.put(size);
      else if (what === "get") await jobs.get();
      else if (what === "lock") await ledger.withLock(() => sleep(size));
      else if (what === "draw") random("dice").int(0, size);
      else void createTask(() => sleep(size));
      if (isNoisy) log(`done with ${what}`);
    };
    return gather(
      bodies.map((body) => async () => {
        for (let lap = 0; lap < laps; lap++) for (const step of body) await take(step);
      }),
    ).toPromise();
  };
}

async function recorded(
  program: Program,
  options: RecorderOptions,
  isNoisy: boolean,
): Promise<Recorder> {
  const taker = recorder(options);
  // Many of these programs deadlock; that is an end like any other.
  await simulate(mainOf(program, isNoisy), { seed: program.seed, probes: taker.probes });
  return taker;
}

test("S8: every level, with and without notes, gives the same fingerprint, and so does the file", async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const prints = new Set<string>();
      for (const level of ["fingerprint", "all", { ring: "32 KB" }] as const) {
        for (const isNoisy of [false, true]) {
          const taker = await recorded(program, { level }, isNoisy);
          prints.add(taker.fingerprint());
          if (level !== "fingerprint")
            prints.add(openTrace(encodeTrace(taker.trace())).fingerprint);
        }
      }
      expect([...prints]).toHaveLength(1);
    }),
    { numRuns: 40, seed: 1 },
  );
});

test("fewer letters are another fingerprint, which is as steady and leaves out what they leave out", async () => {
  await fc.assert(
    fc.asyncProperty(programs, async (program) => {
      const short = { ...program, laps: 1 } as const;
      const one = await recorded(short, { letters: "tk" }, false);
      const other = await recorded(short, { letters: "kt", level: "fingerprint" }, true);
      expect(one.fingerprint()).toMatch(/\/tk$/);
      expect(other.fingerprint()).toBe(one.fingerprint());
      expect(one.trace().fingerprint).toMatch(/\/tkscore$/);
    }),
    { numRuns: 30, seed: 2 },
  );
});
