import { parseArgs } from "node:util";

import { asyncBodies } from "./async-bodies.ts";
import { check } from "./check.ts";
import { CorpusError, readCorpus } from "./corpus.ts";
import { generateScenario } from "./generate/scenario.ts";
import { generatorBodies } from "./generator-bodies.ts";
import { closeUp, differences, missing, summary } from "./report.ts";
import type { Case } from "./scenario.ts";

const USAGE = `Usage: npm run conformance -- [--only ID] FILE...
       npm run --silent conformance -- --fresh COUNT [--seed TEXT]

Runs the scenarios of each FILE (JSON lines, plain or gzip) with async functions and with
generators as bodies, and compares the logs with the recorded ones.

  --only ID      run the scenario with this id only, and show both logs around a difference
  --fresh COUNT  print so many scenarios made by chance, one a line, for asyncio to run
  --seed TEXT    what they are made from (default: 0)
  --help         show this text

Exit status: 0 all logs are exact, 1 some are not, 2 wrong arguments or an unreadable FILE.`;

interface Options {
  readonly files: readonly string[];
  readonly only: string | undefined;
  readonly fresh: number | undefined;
  readonly seed: string;
  readonly help: boolean;
}

/** Arguments that the command does not understand. */
class UsageError extends Error {}

function countOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`Expected --fresh to be an integer ≥ 1, got "${text}"`);
}

function parse(args: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: "string" },
        fresh: { type: "string" },
        seed: { type: "string", default: "0" },
        help: { type: "boolean", default: false },
      },
    });
    const { only, seed, help } = values;
    return { files: positionals, only, fresh: countOf(values.fresh), seed, help };
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function select(cases: readonly Case[], file: string, only: string | undefined): readonly Case[] {
  if (only === undefined) return cases;
  const selected = cases.filter(({ id }) => id === only);
  if (selected.length === 0) throw new CorpusError(`${file} has no scenario "${only}"`);
  return selected;
}

async function compareAll(
  { files, only }: Options,
  print: (line: string) => void,
): Promise<number> {
  let status = 0;
  const corpora = files.map((file) => ({ file, cases: select(readCorpus(file), file, only) }));
  for (const { file, cases } of corpora) {
    print(file);
    for (const interpreter of [asyncBodies, generatorBodies]) {
      const tally = await check(cases, interpreter);
      print(summary(interpreter.name, tally));
      const details = only === undefined ? differences(tally) : tally.inexact.flatMap(closeUp);
      for (const text of [...missing(tally), ...details]) print(text);
      if (tally.exact < tally.total) status = 1;
    }
  }
  return status;
}

function printFresh(count: number, seed: string, print: (line: string) => void): void {
  for (let i = 0; i < count; i++) {
    const id = `${seed}-${i}`;
    print(JSON.stringify({ id, scenario: generateScenario(id) }));
  }
}

/** The command `conformance`: what it prints goes to `print` and `complain`; returns the exit status. */
export async function command(
  args: readonly string[],
  print: (line: string) => void,
  complain: (line: string) => void,
): Promise<number> {
  try {
    const options = parse(args);
    if (options.help) {
      print(USAGE);
      return 0;
    }
    if (options.fresh !== undefined) {
      printFresh(options.fresh, options.seed, print);
      return 0;
    }
    if (options.files.length === 0) throw new UsageError("Expected at least one FILE");
    return await compareAll(options, print);
  } catch (error) {
    if (error instanceof UsageError) complain(`${error.message}\n\n${USAGE}`);
    else if (error instanceof CorpusError) complain(error.message);
    else throw error;
    return 2;
  }
}
