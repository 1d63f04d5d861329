import { createTask, run, shield, sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { kinds, wait } from "./kinds.ts";

describe.each(kinds)("with $kind bodies", ({ of }) => {
  test("SHIELD-04: an exception behind two shields that were cancelled is told once, where the last was", async () => {
    const log: string[] = [];
    await run(
      of(function* () {
        const inner = createTask(
          of(function* () {
            yield* wait(sleep(1));
            throw new Error("late");
          }),
        );
        const shields = [shield(inner), shield(inner)];
        shields[0]?.cancel();
        yield* wait(sleep(0));
        yield* wait(sleep(0));
        inner.addDoneCallback(() => log.push("between the two"));
        shields[1]?.cancel();
        yield* wait(sleep(2));
      }),
      { exceptionHandler: (_loop, { message }) => log.push(message) },
    );
    expect(log).toEqual(["between the two", "Error exception in shielded future `main/1`"]);
  });
});
