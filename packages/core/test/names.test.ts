import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  coroutine,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  Loop,
  run,
  sleep,
} from "../src/index.ts";
import { NameNode } from "../src/names.ts";
import { runProgram } from "./built.ts";
import { kinds, wait } from "./kinds.ts";

describe("S11: paths", () => {
  test.each(kinds)(
    "are the parent's path and the name, or the ordinal, of $kind tasks",
    async ({ of }) => {
      const paths = await run(
        of(function* () {
          const seen = [currentTask()?.path];
          const family = of(function* () {
            const child = createTask(() => undefined);
            const named = createTask(() => undefined, { name: "leaf" });
            yield* wait(sleep(0));
            return [currentTask()?.path, child.path, named.path];
          });
          seen.push(...(yield* wait(createTask(family, { name: "producer" }))));
          seen.push(...(yield* wait(createTask(family))));
          return seen;
        }),
      );
      expect(paths).toEqual([
        "main",
        "main/producer",
        "main/producer/1",
        "main/producer/leaf",
        "main/1",
        "main/1/1",
        "main/1/leaf",
      ]);
    },
  );

  test("futures are named by kind and ordinal, each kind counted for itself", async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const paths = [
        loop.createFuture(),
        createTask(() => undefined),
        loop.createFuture(),
        gather([]),
        loop.createFuture({ name: "answer" }),
        createTask(() => undefined),
      ].map(({ path }) => path);
      expect(paths).toEqual([
        "main/future-1",
        "main/1",
        "main/future-2",
        "main/gather-1",
        "main/answer",
        "main/2",
      ]);
    });
  });

  test("never the name of the function", async () => {
    await run(async () => {
      const producer = async (): Promise<void> => undefined;
      expect(createTask(producer).path).toBe("main/1");
      expect(createTask(coroutine(producer)()).path).toBe("main/2");
    });
  });

  test("what is named in a coroutine belongs to the task that awaits it", async () => {
    const inner = coroutine(async () => createTask(() => undefined).path);
    const outer = coroutine(function* () {
      return yield* inner();
    });
    await run(async () => {
      expect(await outer()).toBe("main/1");
      expect(await createTask(outer(), { name: "other" })).toBe("main/other/1");
    });
  });

  test("tasks made outside a run stand at the root", () => {
    const loop = new Loop();
    expect(loop.createTask(() => undefined).path).toBe("1");
    expect(loop.createTask(() => undefined, { name: "worker" }).path).toBe("worker");
    expect(loop.createFuture().path).toBe("future-1");
  });

  test("a name that is taken under its parent gets a number, and elsewhere not", async () => {
    await run(async () => {
      const make = (name: string): string => createTask(() => undefined, { name }).path;
      expect([make("jobs"), make("jobs"), make("jobs")]).toEqual([
        "main/jobs",
        "main/jobs#2",
        "main/jobs#3",
      ]);
      expect(await createTask(async () => make("jobs"), { name: "part" })).toBe("main/part/jobs");
      expect(make("part")).toBe("main/part#2");
    });
  });

  test("a name that looks like an ordinal of its kind does not collide with one", async () => {
    await run(async () => {
      const loop = getRunningLoop();
      const paths = [
        loop.createFuture({ name: "future-2" }).path,
        loop.createFuture().path,
        loop.createFuture().path,
        createTask(() => undefined, { name: "future-3" }).path,
        loop.createFuture().path,
      ];
      expect(new Set(paths).size).toBe(paths.length);
      expect(paths[0]).toBe("main/future-2");
    });
  });

  test.each([
    ["with a slash", "a/b"],
    ["with a number sign", "a#2"],
    ["of digits", "12"],
    ["that is empty", ""],
  ])("a name %s is refused, says why, and makes nothing", async (_, name) => {
    const refused = expect.objectContaining({ code: "ERR_OUT_OF_RANGE" });
    await run(async () => {
      let ran = false;
      expect(() => createTask(() => void (ran = true), { name })).toThrow(refused);
      expect(() => createTask(() => 1, { name })).toThrow(/digits alone.*paths/s);
      expect(() => getRunningLoop().createFuture({ name })).toThrow(refused);
      await sleep(1);
      expect(ran).toBe(false);
      expect(createTask(() => undefined).path).toBe("main/1");
    });
  });

  test("a name that is no string is refused", async () => {
    await run(async () => {
      const refused = expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" });
      expect(() => createTask(() => 1, { name: 5 as never })).toThrow(refused);
    });
  });
});

describe("S11: one more task in one place", () => {
  async function pathsOf(
    extra: "nothing" | "a task" | "a named task" | "a future",
  ): Promise<string[]> {
    const paths: string[] = [];
    const family = (more: boolean) => async () => {
      if (more && extra === "a task") void createTask(() => undefined);
      if (more && extra === "a named task") void createTask(() => undefined, { name: "extra" });
      if (more && extra === "a future") void getRunningLoop().createFuture();
      await sleep(1);
      for (const name of [undefined, "named", undefined]) {
        const child = createTask(async () => createTask(() => undefined).path, { name });
        if (!more) paths.push(child.path, await child, getRunningLoop().createFuture().path);
      }
    };
    await run(async () => {
      await gather([family(true), family(false), family(false)]);
    });
    return paths;
  }

  test.each(["a task", "a named task", "a future"] as const)(
    "%s more renumbers nothing elsewhere",
    async (extra) => {
      const before = await pathsOf("nothing");
      expect(before).toHaveLength(18);
      expect(await pathsOf(extra)).toEqual(before);
    },
  );
});

test("S11.4: each name is used once, as if all that were given had been kept", () => {
  const objects = ["queue", "queue-1", "lock"];
  const names = ["queue", "queue-1", "queue-2", "queue-1-1", "queue-01", "queue-1.5", "lock-0"];
  const claims = fc.array(
    fc.record({
      kind: fc.constantFrom(...objects),
      name: fc.option(fc.constantFrom(...names), { nil: undefined }),
    }),
  );
  fc.assert(
    fc.property(claims, (list) => {
      const node = new NameNode(null, "", -1);
      const uses = new Map<string, number>();
      const ordinals = new Map<string, number>();
      for (const { kind, name } of list) {
        const ordinal = (ordinals.get(kind) ?? 0) + 1;
        if (name === undefined) ordinals.set(kind, ordinal);
        const wanted = name ?? `${kind}-${ordinal}`;
        const use = (uses.get(wanted) ?? 0) + 1;
        uses.set(wanted, use);
        expect(node.claim(kind, name)).toBe(use === 1 ? wanted : `${wanted}#${use}`);
      }
    }),
    { numRuns: 1000 },
  );
});

describe.each(["async () =>", "function* ()"])(
  "S11: a chain of 20,000 spawns of %s bodies",
  (head) => {
    const star = head.startsWith("async") ? "await" : "yield*";

    test.each(["", ', { name: "link" }'])("lives in 150 MB, with options%s", (options) => {
      const { status, signal, stdout, stderr } = runProgram(
        `
      import { createTask, currentTask, run, sleep } from CORE;
      let deepest;
      const link = (left) => ${head} {
        if (left === 0) deepest = currentTask().path;
        else ${star} createTask(link(left - 1)${options});
      };
      await run(link(20_000));
      console.log(deepest.split("/").length);
      `,
        ["--max-old-space-size=150"],
      );
      expect(stderr).toBe("");
      expect(stdout).toBe("20001\n");
      expect([status, signal]).toEqual([0, null]);
    });
  },
);
