import { parseArgs } from "node:util";

import { type Guarded, GUARDED, nameOf } from "./guarded.ts";
import { allowed, outcomeOf } from "./limit.ts";

const USAGE = `Usage: npm run bench:guard [-- --update]

Compares what does not depend on the machine's mood with what \`benchmarks/guard.json\` notes: bytes
that an event allocates, bytes that a sleeping task keeps, and, with a wide margin, the ratio of speed
to a bare loop. Takes a few seconds.

  --update   note what is measured now
  --help     show this text

Exit status: 0 nothing is worse than noted, 1 something is or failed, 2 wrong arguments.`;

/** \`guard.json\`. */
export interface Notes {
  /** The version of Node that the figures were taken on; another one's first number is another V8. */
  readonly node: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** What the command needs of the world. */
export interface GuardWorld {
  readonly node: string;
  readonly print: (line: string) => void;
  /** Takes one figure, in a fresh process. */
  readonly take: (guarded: Guarded) => Promise<number>;
  readonly read: () => Notes;
  readonly write: (notes: Notes) => void;
}

const major = (version: string): string => version.split(".", 1)[0] ?? "";

async function takeAll({ take }: GuardWorld): Promise<ReadonlyMap<Guarded, number>> {
  const taken = new Map<Guarded, number>();
  for (const guarded of GUARDED) taken.set(guarded, await take(guarded));
  return taken;
}

async function update(world: GuardWorld): Promise<number> {
  const figures: Record<string, number> = {};
  for (const [guarded, measured] of await takeAll(world)) {
    figures[nameOf(guarded)] = Number(measured.toFixed(guarded.watched === "ratio" ? 2 : 0));
    world.print(`${nameOf(guarded)}: ${figures[nameOf(guarded)]}`);
  }
  world.write({ node: world.node, figures });
  return 0;
}

async function watch(world: GuardWorld): Promise<number> {
  const { node, figures } = world.read();
  if (major(node) !== major(world.node)) {
    world.print(`Not compared: the figures are those of Node ${node}, and this is ${world.node}.`);
    return 0;
  }
  let worse = 0;
  for (const [guarded, measured] of await takeAll(world)) {
    const name = nameOf(guarded);
    const noted = figures[name];
    if (noted === undefined) throw new Error(`\`guard.json\` does not note \`${name}\``);
    const outcome = outcomeOf(guarded.watched, noted, measured);
    if (outcome.startsWith("too")) worse++;
    world.print(
      `${name}: ${measured.toFixed(2)}, noted ${noted}, ${allowed(guarded.watched, noted)}: ${outcome}`,
    );
  }
  if (worse === 0) return 0;
  world.print(
    `${worse} of ${GUARDED.length} figures are worse than before. If that has to be: npm run bench:guard -- --update`,
  );
  return 1;
}

/** The command `bench:guard`; returns the exit status. */
export async function guardCommand(args: readonly string[], world: GuardWorld): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { update: { type: "boolean" }, help: { type: "boolean" } },
    }));
  } catch (error) {
    world.print(`${(error as Error).message}\nSee: npm run bench:guard -- --help`);
    return 2;
  }
  if (values.help === true) {
    world.print(USAGE);
    return 0;
  }
  try {
    return await (values.update === true ? update(world) : watch(world));
  } catch (error) {
    world.print((error as Error).message);
    return 1;
  }
}
