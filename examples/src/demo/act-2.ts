import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Recorded, record } from "tickless";
import { programOf, writeTrace } from "tickless/node";
import { duration, grouped, indented, table, title } from "./format.ts";
import main from "./pipeline.ts";
import { besideDemo, dayTraceFile, typed } from "./places.ts";
import type { Summary } from "./summary.ts";

/** A recorded day. */
export interface RecordedDay extends Recorded<Summary> {
  readonly summary: Summary;
  readonly wallS: number;
}

async function recordDay(file: string): Promise<RecordedDay> {
  const args = [file];
  const program = programOf(besideDemo("pipeline.js"), args);
  const startedMs = performance.now();
  const recorded = await record(() => main({ args }), { timeUnit: "s", program });
  const wallS = (performance.now() - startedMs) / 1000;
  const { outcome } = recorded;
  if (outcome?.status !== "fulfilled") throw outcome?.reason;
  return { ...recorded, summary: outcome.value, wallS };
}

function describe({ summary, trace, wallS }: RecordedDay): string {
  const { givenUp, timeouts, meanWaitS, medianWaitS, wait95S, longestWaitS } = summary;
  const perS = trace.length / wallS;
  return table([
    [
      "jobs",
      `${grouped(summary.jobs)}: ${grouped(summary.done)} done, ${grouped(givenUp)} given up`,
    ],
    [
      "time-outs",
      `${grouped(timeouts)} attempts were cut off; ${grouped(timeouts - givenUp)} of them were tried again`,
    ],
    [
      "waits",
      `mean ${duration(meanWaitS)}, median ${duration(medianWaitS)}, 95 % below ` +
        `${duration(wait95S)}, longest ${duration(longestWaitS)}`,
    ],
    [
      "queue",
      `at most ${summary.longestQueue} jobs; producers stood before a full queue for ` +
        duration(summary.heldUpS),
    ],
    ["ledger", `workers waited for its lock for ${duration(summary.ledgerWaitS)}, all together`],
    ["virtual time", duration(summary.endS)],
    ["wall time", `${wallS.toFixed(2)} s, recording included`],
    ["events", `${grouped(trace.length)}, that is ${grouped(perS)} a second`],
  ]);
}

/** `tickless replay FILE` in a process of its own; answers the fingerprint that it prints. */
function replayElsewhere(file: string): string | undefined {
  const manifest = createRequire(import.meta.url).resolve("tickless/package.json");
  // What `npx tickless` runs, without the second that npx takes.
  const bin = join(manifest, "../bin/tickless.js");
  console.log(`  $ npx tickless replay ${typed(file)}`);
  const { stdout, stderr, error } = spawnSync(process.execPath, [bin, "replay", file], {
    encoding: "utf8",
  });
  if (error !== undefined) throw error;
  console.log(indented(`${stdout}${stderr}`));
  return /^same: fingerprint (\S+)$/m.exec(stdout)?.[1];
}

/** A day of jobs from `file`: simulated, recorded, and replayed by another process. */
export async function simulatedDay(file: string): Promise<RecordedDay> {
  console.log(title(2, "a simulated day takes about a second and can be repeated exactly."));
  console.log(`The jobs come from ${file}. Each of their sources has a producer,`);
  console.log(
    "which puts them into a queue with 50 places. Six workers take them out. An attempt may",
  );
  console.log(
    "take 60 s and is made up to three times; what happens is written into a ledger, which",
  );
  console.log("one worker at a time may hold.\n");
  const day = await recordDay(file);
  console.log(describe(day));

  writeTrace(dayTraceFile, day.trace);
  const sizeMB = statSync(dayTraceFile).size / 1e6;
  console.log(
    `\nThe recording has ${sizeMB.toFixed(1)} MB and the fingerprint ${day.fingerprint}.`,
  );
  console.log("A second process runs the program again and compares each event with it:\n");
  const replayed = replayElsewhere(dayTraceFile);
  if (replayed !== day.fingerprint) throw new Error("The replay differs from the recording.");
  console.log("\nThe fingerprints are equal.");
  return day;
}
