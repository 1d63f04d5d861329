import { log, sleep } from "@tickless/core";
import { Simulation } from "@tickless/core/kit";
import { describe, expect, test } from "vitest";
import { readChunk, SEGMENT } from "../src/chunk.ts";
import { encodeTrace, openTrace, record, recorder, type Trace } from "../src/index.ts";
import { contentOf, pipeline } from "./programs.ts";

/** The parts of a file of which something was flushed after every `every` steps. */
async function flushed(main: () => Promise<unknown>, every: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  const taken = recorder({ write: (part) => void parts.push(part) });
  const simulation = new Simulation(main, { probes: taken.probes });
  for (let steps = 0; !simulation.main.done() && steps < 900; steps += every) {
    await simulation.advance(every);
    taken.flush();
  }
  await simulation.finish();
  taken.finish();
  expect(taken.flush()).toBe(false);
  return parts;
}

const fileOf = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

const isSegment = (part: Uint8Array): boolean => {
  const found = readChunk(part, 0);
  return typeof found !== "string" && found.chunk.kind === SEGMENT;
};

// Its main may not end before the last flush, and it has notes, also without an event behind them.
const noted = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) {
    await pipeline()();
    log(`lap ${i}`);
  }
  for (let i = 0; i < 5000; i++) await sleep(0.5);
};

describe("a file that was flushed before its chunks were whole", () => {
  test.each([3, 500])("reads as any other, with a flush each %i steps", async (every) => {
    const { trace } = await record(noted);
    const parts = await flushed(noted, every);
    expect(parts.filter(isSegment).length).toBeGreaterThan(1);
    const read = openTrace(fileOf(parts));
    expect(read).toMatchObject({ complete: true, notices: [], fingerprint: trace.fingerprint });
    expect(contentOf(read)).toEqual(contentOf(trace));
    // Written again it is as if nothing had been flushed.
    expect(read.header).toEqual(trace.header);
    expect(encodeTrace(read)).toEqual(encodeTrace(trace));
  });

  test("has, after any of its parts, all that had happened by then", async () => {
    const { trace } = await record(noted);
    const events = [...trace.events()];
    const parts = await flushed(noted, 200);
    for (let count = 1; count < parts.length; count++) {
      const read: Trace = openTrace(fileOf(parts.slice(0, count)));
      const found = contentOf(read);
      const notes = [...read.notes()];
      expect([...read.events()]).toEqual(events.slice(0, read.last));
      expect(notes).toEqual([...trace.notes()].slice(0, notes.length));
      expect(read.notices).toHaveLength(1);
      const part = readChunk(parts[count - 1] ?? new Uint8Array(0), 0);
      if (typeof part === "string") continue;
      expect(read.last).toBe(part.chunk.first + part.chunk.count - 1);
      // What is there can be handed on.
      expect(contentOf(openTrace(encodeTrace(read)))).toEqual(found);
    }
  });

  test("opens wherever it is cut, and says so", async () => {
    const parts = await flushed(pipeline(), 2);
    const file = fileOf(parts);
    const header = parts[0]?.length ?? 0;
    const events = [...openTrace(file).events()];
    let last = 0;
    for (let end = header; end < file.length; end++) {
      const read = openTrace(file.subarray(0, end));
      expect(read.notices).toHaveLength(1);
      expect(read.last).toBeGreaterThanOrEqual(last);
      ({ last } = read);
      expect([...read.events()]).toEqual(events.slice(0, last));
    }
  });

  test("tells of a flipped bit at its place, also in what the whole chunk has replaced", async () => {
    const parts = await flushed(pipeline(), 2);
    const file = fileOf(parts);
    let start = parts[0]?.length ?? 0;
    for (const part of parts.slice(1)) {
      for (const byte of [0, 5, 9, 13, 30, 50, 70, part.length - 1]) {
        const flipped = Uint8Array.from(file);
        flipped[start + byte] = (flipped[start + byte] ?? 0) ^ 4;
        // A length that is too large looks as if the file had been cut.
        expect(openTrace(flipped).notices.join()).toContain(`damaged at byte ${start}:`);
      }
      start += part.length;
    }
  });
});
