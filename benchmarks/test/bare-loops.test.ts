import { describe, expect, test } from "vitest";

import { AsyncLoop } from "../src/bare/async-loop.ts";
import { GeneratorLoop, type Steps } from "../src/bare/generator-loop.ts";

describe.each(["run", "runByMacrotasks"] as const)("the bare async loop, by %s", (drive) => {
  test("lets every microtask of a body finish before the next one begins", async () => {
    const loop = new AsyncLoop();
    const log: string[] = [];
    const body = (name: string) => async (): Promise<void> => {
      log.push(`${name} begins`);
      for (let i = 0; i < 5; i++) await Promise.resolve();
      log.push(`${name} after plain awaits`);
      await loop.sleep(1);
      for (let i = 0; i < 5; i++) await Promise.resolve();
      log.push(`${name} at ${loop.now}`);
    };
    loop.start(body("a"));
    loop.start(body("b"));
    await loop[drive]();
    expect(log).toEqual([
      "a begins",
      "a after plain awaits",
      "b begins",
      "b after plain awaits",
      "a at 1",
      "b at 1",
    ]);
  });

  test("wakes by time, and at one time in the order in which the sleeps began", async () => {
    const loop = new AsyncLoop();
    const log: string[] = [];
    for (const [name, delay] of [
      ["a", 2],
      ["b", 1],
      ["c", 2],
      ["d", 1],
    ] as const) {
      loop.start(async () => {
        await loop.sleep(delay);
        log.push(name);
      });
    }
    await loop[drive]();
    expect(log).toEqual(["b", "d", "a", "c"]);
  });
});

test("the bare generator loop wakes by time, and at one time in the order in which the sleeps began", () => {
  const loop = new GeneratorLoop();
  const log: string[] = [];
  function* body(name: string, delay: number): Steps {
    yield delay;
    log.push(`${name} at ${loop.now}`);
  }
  for (const [name, delay] of [
    ["a", 2],
    ["b", 1],
    ["c", 2],
    ["d", 1],
  ] as const) {
    loop.start(body(name, delay));
  }
  loop.run();
  expect(log).toEqual(["b at 1", "d at 1", "a at 2", "c at 2"]);
});
