import { describe, expect, test } from "vitest";

import { guardCommand, type GuardWorld, type Notes } from "../src/guard/command.ts";
import { type Guarded, GUARDED, nameOf } from "../src/guard/guarded.ts";
import { outcomeOf } from "../src/guard/limit.ts";

const all = (value: number): Notes => ({
  node: "v24.1.0",
  figures: Object.fromEntries(GUARDED.map((guarded) => [nameOf(guarded), value])),
});

async function guard(
  args: readonly string[],
  take: (guarded: Guarded) => number = () => 100,
  node = "v24.9.9",
  notes: Notes = all(100),
) {
  const printed: string[] = [];
  const written: Notes[] = [];
  const world: GuardWorld = {
    node,
    print: (line) => printed.push(line),
    take: (guarded) => Promise.resolve(take(guarded)),
    read: () => notes,
    write: (content) => written.push(content),
  };
  return { status: await guardCommand(args, world), printed, written };
}

describe("what is allowed", () => {
  test.each([
    ["allocated", 108, "as noted"],
    ["allocated", 108.1, "too much"],
    ["allocated", 92, "as noted"],
    ["allocated", 91, "better than noted"],
    ["kept", 116, "too much"],
    ["ratio", 50, "as noted"],
    ["ratio", 49.9, "too slow"],
    ["ratio", 500, "as noted"],
  ] as const)("%s of %d where 100 was noted is %s", (watched, measured, outcome) => {
    expect(outcomeOf(watched, 100, measured)).toBe(outcome);
  });
});

describe("the guard", () => {
  test("passes where nothing is worse, and tells of each figure", async () => {
    const { status, printed, written } = await guard([]);
    expect(status).toBe(0);
    expect(printed).toHaveLength(GUARDED.length);
    expect(printed[0]).toBe("allocated W1 async: 100.00, noted 100, at most 108 B: as noted");
    expect(written).toEqual([]);
  });

  test("fails where an event allocates one object more, and says what to do", async () => {
    const { status, printed } = await guard([], ({ watched, workload, kind }) =>
      watched === "allocated" && workload === "W1" && kind === "generator" ? 116 : 100,
    );
    expect(status).toBe(1);
    expect(printed).toContain("allocated W1 generator: 116.00, noted 100, at most 108 B: too much");
    expect(printed.at(-1)).toMatch(
      /^1 of \d+ figures are worse .*npm run bench:guard -- --update$/,
    );
  });

  test("compares nothing on another V8", async () => {
    const { status, printed } = await guard([], () => 1e9, "v26.0.0");
    expect(status).toBe(0);
    expect(printed).toEqual([
      "Not compared: the figures are those of Node v24.1.0, and this is v26.0.0.",
    ]);
  });

  test("a figure that is not noted is an error, not a pass", async () => {
    const notes: Notes = { node: "v24.1.0", figures: {} };
    const { status, printed } = await guard([], () => 1, "v24.1.0", notes);
    expect(status).toBe(1);
    expect(printed).toEqual(["`guard.json` does not note `allocated W1 async`"]);
  });

  test("--update notes what is measured, with the version of Node", async () => {
    const { status, written } = await guard(["--update"], () => 12.345);
    expect(status).toBe(0);
    expect(written[0]?.node).toBe("v24.9.9");
    expect(written[0]?.figures).toMatchObject({
      "allocated W1 async": 12,
      "ratio W1 async": 12.35,
    });
  });

  test("unknown arguments are refused", async () => {
    const { status, printed } = await guard(["--quick"]);
    expect(status).toBe(2);
    expect(printed.join()).toContain("--help");
  });
});
