// A2: what stands in the table of what cannot be reached, and its neighbours that are virtual after all.
import { external, now, run, simulate } from "@tickless/core";
import { once } from "node:events";
import { statSync } from "node:fs";
import { Socket } from "node:net";
import { performance as hooks } from "node:perf_hooks";
import { Console } from "node:console";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { mock } from "node:test";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { virtualize } from "../src/index.ts";
import { pause } from "./virtual.ts";

const start = Date.UTC(2000, 0, 1);
/** Two hours go by; a clock that is the host's goes a few seconds at most. */
const inTwoHours = (read: () => number): Promise<number> =>
  run(
    virtualize(async () => {
      const before = read();
      await pause(7_200_000);
      return read() - before;
    }),
  );

describe("the host's own, as the table says", () => {
  test.each<[string, () => number]>([
    ["Event.timeStamp", () => new Event("x").timeStamp],
    ["performance.mark", () => performance.mark("a").startTime],
    ["performance.measure", () => performance.measure("a").duration],
    ["performance.nodeTiming", () => hooks.nodeTiming.duration],
    ["process.cpuUsage", () => process.cpuUsage().user / 1000],
    ["File.lastModified", () => new File([], "a").lastModified],
  ])("%s", async (_, read) => {
    expect(await inTwoHours(read)).toBeLessThan(60_000);
  });

  test("Intl.DateTimeFormat without a date; with one, and of a Date, it is virtual", async () => {
    const format = new Intl.DateTimeFormat("en", { timeZone: "UTC", year: "numeric" });
    const seen = await run(
      virtualize(async () => [
        format.format(),
        format.format(new Date()),
        new Date().toLocaleDateString("en", { timeZone: "UTC", year: "numeric" }),
      ]),
    );
    expect(Number(seen[0])).toBeGreaterThan(2020);
    expect(seen.slice(1)).toEqual(["2000", "2000"]);
  });

  test("times of files", async () => {
    const file = fileURLToPath(import.meta.url);
    const times = await run(virtualize(async () => statSync(file).mtimeMs));
    expect(times).toBe(statSync(file).mtimeMs);
  });

  test("the time-out of a socket", async () => {
    let rung = 0;
    await run(
      virtualize(async () => {
        const socket = new Socket();
        socket.setTimeout(1000, () => rung++);
        await pause(7_200_000);
        socket.destroy();
      }),
    );
    expect(rung).toBe(0);
  });

  test.each<[string, () => unknown]>([
    [
      "MessageChannel",
      () => {
        const { port1, port2 } = new MessageChannel();
        const got = once(port1, "message");
        port2.postMessage(1);
        port1.unref();
        return got;
      },
    ],
    ["crypto.subtle", () => crypto.subtle.digest("SHA-256", new Uint8Array(4))],
    [
      "CompressionStream",
      () =>
        new Response(
          new Response("a").body?.pipeThrough(new CompressionStream("gzip")),
        ).arrayBuffer(),
    ],
    [
      "Atomics.waitAsync",
      () =>
        (
          Atomics as unknown as {
            waitAsync?: (...values: unknown[]) => { value: Promise<string> };
          }
        ).waitAsync?.(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1).value ??
        new Promise(() => undefined),
    ],
  ])("%s alone is a deadlock, in `external` it is waited for", async (name, wait) => {
    expect((await simulate(virtualize(async () => void (await wait())))).reason).toBe("deadlock");
    if (name === "Atomics.waitAsync" && !("waitAsync" in Atomics)) return;
    const main = virtualize(() => external(async () => void (await wait())));
    expect((await simulate(main)).reason).toBe("done");
  });
});

describe("virtual", () => {
  test("console.time", async () => {
    const out = new PassThrough({ encoding: "utf8" });
    const console = new Console(out);
    await run(
      virtualize(async () => {
        console.time("label");
        await pause(7_200_000);
        console.timeEnd("label");
      }),
    );
    expect(String(out.read())).toContain("2:00:00.000");
  });

  test("a clone of a date is a Date", async () => {
    const seen = await run(
      virtualize(async () => {
        const clone = structuredClone(new Date());
        return [clone.getTime(), clone instanceof Date, clone.constructor === Date];
      }),
    );
    expect(seen).toEqual([start, true, true]);
  });

  test("streams, web streams and once with time-outs", async () => {
    const seen = await run(
      virtualize(async () => {
        const source = async function* () {
          for (const part of ["a", "b"]) {
            await pause(10);
            yield part;
          }
        };
        let text = "";
        await pipeline(Readable.from(source()), new PassThrough(), async (parts) => {
          for await (const part of parts) text += String(part);
        });
        const lines: unknown[] = [text, now()];
        const stuck = new Readable({ read: () => undefined });
        await pipeline(stuck, new PassThrough(), { signal: AbortSignal.timeout(10) }).catch(
          (error: Error) => lines.push(error.name, now()),
        );
        await once(new EventTarget(), "x", { signal: AbortSignal.timeout(10) }).catch(
          (error: Error) => lines.push(error.name, now()),
        );
        const web = new ReadableStream({
          start: async (control) => {
            await pause(10);
            control.close();
          },
        });
        await web.getReader().read();
        return [...lines, now()];
      }),
    );
    expect(seen).toEqual(["ab", 20, "AbortError", 30, "AbortError", 40, 50]);
  });

  test("fake timers that the program puts in place itself are its own, until it takes them away", async () => {
    const seen = await run(
      virtualize(async () => {
        let rung = 0;
        mock.timers.enable({ apis: ["setTimeout", "Date"], now: 5 });
        setTimeout(() => rung++, 1000);
        mock.timers.tick(1000);
        const faked = [rung, Date.now()];
        mock.timers.reset();
        await pause(10);
        return [...faked, Date.now()];
      }),
    );
    expect(seen).toEqual([1, 1005, start + 10]);
  });
});
