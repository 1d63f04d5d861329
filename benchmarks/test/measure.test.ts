import { expect, test } from "vitest";

import { measureTime } from "../src/measure.ts";

test("a time is the median of what lies between one moment and the next, and not of what lies before", async () => {
  const check = { events: 1, time: 0, sum: 0 };
  const clock = [100, 112, 200, 201, 300, 302].map((wallMs, i) => ({ wallMs, cpuMs: i * i }));
  const measured = await measureTime(
    (_size, moment) => {
      for (let i = 0; i < 6; i++) moment();
      return check;
    },
    { tasks: 1, events: 1 },
    () => clock.shift() ?? { wallMs: NaN, cpuMs: NaN },
  );
  // 1, 5 and 9 of processor time
  expect(measured).toMatchObject({ check, milliseconds: 2, cpuMilliseconds: 5 });
});
