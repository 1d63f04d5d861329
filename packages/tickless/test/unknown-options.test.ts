import { explore, guard, Queue, record, recorder, replay, run, virtualize } from "tickless";
import { expect, test } from "vitest";

const main = async (): Promise<void> => undefined;
const untyped = (options: object): never => options as never;

test.each([
  ["start", "startDate", () => virtualize(main, untyped({ start: 1 }))],
  ["sede", "seed", () => run(main, untyped({ sede: 1 }))],
  ["startDate", null, () => run(virtualize(main), untyped({ startDate: 0 }))],
  ["mod", "mode", () => guard(main, untyped({ mod: "warn" }))],
  ["sede", "seed", () => record(main, untyped({ sede: 1 }))],
  ["programm", "program", () => record(main, untyped({ programm: {} }))],
  ["mod", "mode", () => replay({ seed: 1 }, main, untyped({ mod: "strict" }))],
  ["schedule", "schedules", () => explore(main, untyped({ schedule: 1 }))],
  ["levels", "level", () => recorder(untyped({ levels: "all" }))],
  ["maxSize", "maxsize", () => new Queue(untyped({ maxSize: 1 }))],
  ["capacity", null, () => new Queue(untyped({ capacity: 1 }))],
])("unknown option `%s` is refused; the nearest is %s", async (name, nearest, use) => {
  const error: unknown = await (async () => use())().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "TypeError", code: "ERR_UNKNOWN_OPTION" });
  const { message } = error as Error;
  expect(message).toMatch(new RegExp(`^There is no option \`${name}\`\\.`));
  expect(message).toMatch(/ There are `\w+`(?:, `\w+`)*\.$/);
  const meant = /Did you mean `(\w+)`\?/.exec(message)?.[1] ?? null;
  expect(meant).toBe(nearest);
});
