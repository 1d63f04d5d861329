// How many schedules each strategy needs until it meets a known bug: `npm run bench:schedules`, and
// `npm run bench:schedules -- reorder_5 stack` for some of the programs.
import { strategies } from "@tickless/explore";
import { goBugs } from "../../packages/explore/test/corpus/go/index.ts";
import { sctBench } from "../../packages/explore/test/corpus/index.ts";
import { mean, schedulesToBug } from "../../packages/explore/test/corpus/measure.ts";
import type { CorpusProgram } from "../../packages/explore/test/corpus/program.ts";
import { fastCheckSchedules } from "./fast-check.ts";

const SEEDS = 40;
/** Where a campaign gives up, and what counts as its figure then. */
const MOST = 1000;

/** The mean; `>`: a lower bound, since some campaigns gave up; `–`: all of them did. */
function cell(found: readonly number[]): string {
  if (found.every((schedules) => schedules >= MOST)) return "–";
  const lower = found.some((schedules) => schedules >= MOST) ? "> " : "";
  return lower + mean(found).toFixed(1);
}

async function fastCheck({ name }: CorpusProgram): Promise<string> {
  const found: number[] = [];
  for (let seed = 0; seed < SEEDS; seed++) found.push(await fastCheckSchedules(name, seed, MOST));
  return cell(found);
}

/** A search that draws nothing is the same with every seed. */
const isSeeded = ({ sequential }: { sequential?: boolean }): boolean => sequential !== true;

function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

const wanted = new Set(process.argv.slice(2));
row(["program", "fast-check", ...strategies.map(({ name }) => name)]);
row(["---", "---", ...strategies.map(() => "---")]);
for (const program of [...sctBench, ...goBugs]) {
  if (wanted.size > 0 && !wanted.has(program.name)) continue;
  const beside = sctBench.includes(program) ? await fastCheck(program) : "";
  const cells = strategies.map((strategy) =>
    cell(schedulesToBug(program, strategy, isSeeded(strategy) ? SEEDS : 1, MOST)),
  );
  row([program.name, beside, ...cells]);
}
