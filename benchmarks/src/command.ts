import { parseArgs } from "node:util";

import { carryOut, MEASURE, orderOf, takeTurns, TURNS } from "./child.ts";
import { compare, type Comparison, type Measure } from "./compare.ts";
import { conclusion } from "./judge.ts";
import { growth, header, row } from "./report.ts";
import { type Machine, machineLine } from "./results.ts";
import { select, SelectionError } from "./selection.ts";
import { KINDS } from "./workload.ts";
import { WORKLOADS } from "./workloads.ts";

const USAGE = `Usage: npm run bench -- [--only W1,W2] [--kind KIND,...] [--rounds N] [--quick | --check] [--out FILE]

Runs each workload on the engine and on a bare loop, in fresh processes that take turns, and prints
events per second, their ratio and the memory. Both must reach the same check values. Each figure is
the median of the rounds, and stands with the least and the most. The results are written to
benchmarks/results, those of a quick run only to the FILE of --out.

  --only W1,W2   these workloads only
  --kind KIND    these kinds of task only: ${KINDS.join(", ")}
  --rounds N     how often everything is run (default: 5; with --quick: 1)
  --quick        small sizes, one run each: looks at the check values, the times mean nothing
  --check        compare with the targets: a line for each that is missed, and how many are met
  --out FILE     where to write the results, as JSON
  --help         show this text

Workloads:
${WORKLOADS.map(({ id, about }) => `  ${id.padEnd(8)} ${about}`).join("\n")}

One measurement in this process, for a profiler:
  node --cpu-prof --expose-gc benchmarks/dist/run.js measure W1 async engine TASKS EVENTS

Exit status: 0 all check values are equal and, with --check, all targets met; 1 some are not, or a
program failed; 2 wrong arguments.`;

const ROUNDS = 5;

interface Options {
  readonly positionals: readonly string[];
  readonly only: string | undefined;
  readonly kind: string | undefined;
  readonly rounds: number;
  readonly quick: boolean;
  readonly check: boolean;
  readonly out: string | undefined;
  readonly help: boolean;
}

/** What the command needs of the world. */
export interface World {
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  /** Measures programs that are to be seen beside each other, each in a fresh process. */
  readonly measure: Measure;
  readonly machine: () => Machine;
  /** Why figures would not be trustworthy; undefined if they are. */
  readonly disturbance: () => string | undefined;
  /** Writes the results to `out`, or where results belong. Answers the path. */
  readonly save: (results: Results, out: string | undefined) => string;
}

/** What is written as JSON, beside the date. */
export interface Results {
  /** With the load before the first run. */
  readonly machine: Machine;
  readonly rounds: number;
  readonly quick: boolean;
  readonly comparisons: readonly Comparison[];
}

/** Arguments that the command does not understand. */
class UsageError extends Error {}

function roundsOf(text: string | undefined, quick: boolean): number {
  if (text === undefined) return quick ? 1 : ROUNDS;
  const rounds = Number(text);
  if (Number.isSafeInteger(rounds) && rounds > 0) return rounds;
  throw new UsageError(`Expected \`--rounds\` to be an integer ≥ 1, got \`${text}\``);
}

function parsed(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      only: { type: "string" },
      kind: { type: "string" },
      rounds: { type: "string" },
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      out: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
}

function optionsOf(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const { only, kind, out, quick, check, help } = values;
  const [first] = positionals;
  if (first !== undefined && first !== MEASURE && first !== TURNS) {
    throw new UsageError(`Unexpected argument \`${first}\`. Workloads are named by \`--only\`.`);
  }
  if (quick && check) {
    throw new UsageError(
      "`--check` compares times, and those of `--quick` mean nothing: take one.",
    );
  }
  const rounds = roundsOf(values.rounds, quick);
  return { positionals, only, kind, out, quick, check, help, rounds };
}

async function compareAll(options: Options, world: World): Promise<readonly Comparison[]> {
  const { rounds, quick, only, kind } = options;
  const comparisons: Comparison[] = [];
  let measures: Comparison["measures"] | undefined;
  for (const group of select(only, kind, quick)) {
    for (const comparison of await compare(group, { rounds, quick }, world.measure)) {
      comparisons.push(comparison);
      if (comparison.measures !== measures) world.print(header(comparison.measures));
      ({ measures } = comparison);
      world.print(row(comparison, quick));
    }
  }
  return comparisons;
}

/** Answers the exit status. */
async function bench(options: Options, world: World): Promise<number> {
  const { rounds, quick, check, out } = options;
  const machine = world.machine();
  const disturbed = quick ? undefined : world.disturbance();
  if (!quick) world.print(machineLine(machine));
  if (disturbed !== undefined) world.complain(disturbed);
  const comparisons = await compareAll(options, world);
  if (quick) world.print("All check values are equal. The times of a quick run mean nothing.");
  else for (const text of growth(comparisons)) world.print(text);
  if (!quick || out !== undefined) {
    world.print(`Written to ${world.save({ machine, rounds, quick, comparisons }, out)}`);
  }
  if (!check) return 0;
  const verdicts = comparisons.flatMap((comparison) => comparison.verdicts);
  for (const text of conclusion(verdicts)) world.print(text);
  return verdicts.every(({ met }) => met) ? 0 : 1;
}

/** The command `bench`; returns the exit status. */
export async function command(args: readonly string[], world: World): Promise<number> {
  try {
    const options = optionsOf(args);
    if (options.help) {
      world.print(USAGE);
    } else if (options.positionals[0] === MEASURE) {
      const order = orderOf(options.positionals.slice(1), options.quick);
      world.print(JSON.stringify(await carryOut(order)));
    } else if (options.positionals[0] === TURNS) {
      await takeTurns(orderOf(options.positionals.slice(1), options.quick));
    } else {
      return await bench(options, world);
    }
    return 0;
  } catch (error) {
    const misused = error instanceof UsageError || error instanceof SelectionError;
    const text = error instanceof Error ? error.message : String(error);
    world.complain(misused ? `${text}\nSee: npm run bench -- --help` : text);
    return misused ? 2 : 1;
  }
}
