// The program's own AsyncLocalStorages, beside that by which tasks are known (S4).
import { AsyncLocalStorage } from "node:async_hooks";
import {
  createTask,
  external,
  gather,
  getRunningLoop,
  Loop,
  run,
  sleep,
  timeout,
} from "@tickless/core";
import { describe, expect, test } from "vitest";

describe.each(["auto", "reference"] as const)("with drain %s", (drain) => {
  const own = new AsyncLocalStorage<string>();
  const here = (): string => own.getStore() ?? "nothing";
  const inTask = async (): Promise<string> => {
    const seen = await createTask(async () => here());
    return seen;
  };

  test("S4: what was entered around a run reaches its tasks, whoever makes them and whenever they begin", async () => {
    const seen = await own.run("around", () =>
      run(
        async () => {
          const first = createTask(async () => {
            await sleep(1);
            return [here(), await createTask(async () => here())];
          });
          await sleep(5);
          return [here(), ...(await first), await createTask(async () => here())];
        },
        { drain },
      ),
    );
    expect(seen).toEqual(["around", "around", "around", "around"]);
  });

  test("S4.14: each of two runs has what was entered around it, however their slices alternate", async () => {
    const main = async (): Promise<string[]> => {
      const seen: string[] = [];
      for (let i = 0; i < 300; i++) {
        await sleep(1);
        if (i % 50 === 0) seen.push(await createTask(async () => here()));
      }
      return seen;
    };
    const names = ["a", "b"];
    const seen = await Promise.all(names.map((name) => own.run(name, () => run(main, { drain }))));
    expect(seen).toEqual(names.map((name) => Array.from({ length: 6 }, () => name)));
  });

  test("S4.14: a run that begins while the macrotask of another is still to come has its own", async () => {
    const seen: string[] = [];
    for (const name of ["a", "b", "c"])
      seen.push(await own.run(name, () => run(inTask, { drain })));
    expect(seen).toEqual(["a", "b", "c"]);
  });

  test("S4.14: of two drives of one loop each has what was entered around it", async () => {
    const loop = new Loop({ drain });
    const seen: string[] = [];
    for (const name of ["a", "b"]) {
      seen.push(await own.run(name, () => loop.runUntilComplete(inTask)));
    }
    loop.close();
    expect(seen).toEqual(["a", "b"]);
  });

  test("S4.14: callbacks and what goes on after a call from outside have it too", async () => {
    const main = async (): Promise<string[]> => {
      const seen: string[] = [];
      const loop = getRunningLoop();
      loop.callSoon(() => seen.push(here()));
      loop.callLater(1, () => seen.push(here()));
      await sleep(2);
      await external(async () => own.run("within", async () => null));
      loop.callSoon(() => seen.push(here()));
      await sleep(1);
      return seen;
    };
    const seen = await own.run("around", () => run(main, { drain }));
    expect(seen).toEqual(["around", "around", "around"]);
  });

  test("S4.14: what a task enters reaches no other task, not even one that it makes", async () => {
    const main = async (): Promise<string[]> => {
      const child = createTask(async () => {
        own.enterWith("within");
        const seen = await inTask();
        return seen;
      });
      const other = createTask(async () => here());
      await sleep(1);
      return [await child, await other, await createTask(async () => here()), here()];
    };
    const seen = await own.run("around", () => run(main, { drain }));
    expect(seen).toEqual(["around", "around", "around", "around"]);
  });

  test("S4.14: what a callback enters reaches no task", async () => {
    const main = async (): Promise<string[]> => {
      // What comes next begins a slice.
      await external(async () => null);
      getRunningLoop().callSoon(() => own.enterWith("within"));
      return [await createTask(async () => here()), here()];
    };
    const seen = await own.run("around", () => run(main, { drain }));
    expect(seen).toEqual(["around", "around"]);
  });

  test("S4: what a task enters stays in it, through awaits and timeouts", async () => {
    const task = (name: string) => async (): Promise<string[]> => {
      own.enterWith(name);
      await sleep(1);
      const inside = await timeout(5, async () => {
        await sleep(1);
        return here();
      });
      return [inside, here()];
    };
    const seen = await run(async () => (await gather([task("a"), task("b")])).flat(), { drain });
    expect(seen).toEqual(["a", "a", "b", "b"]);
  });
});
