import { sleep } from "@tickless/core";
import { describe, expect, test } from "vitest";
import { pause, virtual } from "./world.ts";

const start = Date.UTC(2000, 0, 1);

describe("A4.2: Date", () => {
  test("now, construction and the call follow virtual time from the start date", async () => {
    const RealDate = Date;
    const seen = await virtual(async () => {
      await pause(86_400_000);
      return [Date.now(), new Date().getTime(), +new Date(), Date()];
    });
    const then = start + 86_400_000;
    expect(seen).toEqual([then, then, then, new RealDate(then).toString()]);
  });

  test.each([
    ["a text", "2024-02-29T12:00:00Z", Date.UTC(2024, 1, 29, 12)],
    ["a number", 5, 5],
    ["a Date", new Date(-1000), -1000],
    ["a fraction of a ms", 1.9, 1],
  ])("the start date may be %s", async (_, startDate, expected) => {
    expect(await virtual(() => Date.now(), {}, { startDate })).toBe(expected);
  });

  test("a fraction of a ms is not told", async () => {
    const seen = await virtual(async () => {
      await sleep(1.5);
      return [Date.now(), performance.now()];
    });
    expect(seen).toEqual([start + 1, 1001.5]);
  });

  test("arguments, parsing and statics are the host's", async () => {
    const probe = () => [
      new Date(5).getTime(),
      new Date("2001-02-03T04:05:06Z").getTime(),
      new Date(2001, 1, 3, 4, 5, 6, 7).getTime(),
      new Date(new Date(7)).getTime(),
      Number.isNaN(new Date(undefined as never).getTime()),
      Date.parse("2001-02-03"),
      Date.UTC(2001, 1),
      Date.name,
      Date.length,
      typeof Date,
      Object.getOwnPropertyNames(Date).toSorted(),
      Object.prototype.toString.call(new Date(0)),
      JSON.stringify(new Date(0)),
    ];
    expect(await virtual(() => probe())).toEqual(probe());
  });

  test("objects of one are objects of the other", async () => {
    const RealDate = Date;
    const before = new Date(0);
    const made = await virtual(() => {
      const date = new Date();
      expect(date instanceof Date).toBe(true);
      expect(date instanceof RealDate).toBe(true);
      expect(before instanceof Date).toBe(true);
      expect(date.constructor).toBe(Date);
      expect(before.constructor).toBe(Date);
      expect(Date.prototype).toBe(RealDate.prototype);
      expect(new (date.constructor as DateConstructor)().getTime()).toBe(start);
      return date;
    });
    expect(made instanceof Date).toBe(true);
    expect(made.constructor).toBe(Date);
  });

  test("it can be extended in a run; a class made before tells real time when it is given none", async () => {
    class Before extends Date {}
    const seen = await virtual(() => {
      class Inside extends Date {
        get year(): number {
          return this.getUTCFullYear();
        }
      }
      const date = new Inside();
      return [date.year, date instanceof Inside, date instanceof Date, new Before(5).getTime()];
    });
    expect(seen).toEqual([2000, true, true, 5]);
  });

  test("Date.now that was saved before the run is the real one; Date that was saved has the virtual `now`", async () => {
    const { now } = Date;
    const Saved = Date;
    const [saved, virtualNow] = await virtual(() => [now(), Saved.now()]);
    expect(saved).toBeGreaterThan(start + 1e11);
    expect(virtualNow).toBe(start);
  });
});

interface Temporal {
  readonly Now: Record<
    string,
    (zone?: string) => { toString(): string; epochMilliseconds: number }
  >;
}

const temporal = (globalThis as { Temporal?: Temporal }).Temporal;

test.skipIf(temporal === undefined)("A4.2: Temporal.Now", async () => {
  const seen = await virtual(
    async () => {
      await sleep(1.25);
      const { Now } = temporal as Temporal;
      return [
        Now["instant"]?.().toString(),
        Now["zonedDateTimeISO"]?.("UTC").toString(),
        Now["plainDateTimeISO"]?.("UTC").toString(),
        Now["plainDateISO"]?.("UTC").toString(),
        Now["plainTimeISO"]?.("UTC").toString(),
        Now["zonedDateTimeISO"]?.().epochMilliseconds,
      ];
    },
    {},
    { startDate: "2024-02-29T12:00:00Z" },
  );
  expect(seen).toEqual([
    "2024-02-29T12:00:00.00125Z",
    "2024-02-29T12:00:00.00125+00:00[UTC]",
    "2024-02-29T12:00:00.00125",
    "2024-02-29",
    "12:00:00.00125",
    Date.UTC(2024, 1, 29, 12, 0, 0, 1),
  ]);
});
