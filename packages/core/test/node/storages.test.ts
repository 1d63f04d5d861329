// The program's own AsyncLocalStorages, beside that by which tasks are known (S4).
import { AsyncLocalStorage } from "node:async_hooks";
import { createTask, gather, run, sleep, timeout } from "@tickless/core";
import { describe, expect, test } from "vitest";

describe.each(["auto", "reference"] as const)("with drain %s", (drain) => {
  const own = new AsyncLocalStorage<string>();
  const here = (): string => own.getStore() ?? "nothing";

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
