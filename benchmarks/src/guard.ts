import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { guardCommand, type Notes } from "./guard/command.ts";
import { figure, FLAGS } from "./guard/figure.ts";
import { type Guarded, GUARDED, nameOf } from "./guard/guarded.ts";

const notes = fileURLToPath(new URL("../guard.json", import.meta.url));

/** The word by which this file knows that it is to take one figure. */
const FIGURE = "figure";

async function take(guarded: Guarded): Promise<number> {
  const file = fileURLToPath(import.meta.url);
  const args = [...FLAGS[guarded.watched], file, FIGURE, nameOf(guarded)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

async function printFigure(name: string | undefined): Promise<number> {
  const guarded = GUARDED.find((candidate) => nameOf(candidate) === name);
  if (guarded === undefined) return 2;
  console.log(await figure(guarded));
  return 0;
}

const [first, ...others] = process.argv.slice(2);
process.exitCode =
  first === FIGURE
    ? await printFigure(others[0])
    : await guardCommand(process.argv.slice(2), {
        node: process.version,
        print: console.log,
        take,
        read: () => JSON.parse(readFileSync(notes, "utf8")) as Notes,
        write: (content) => writeFileSync(notes, `${JSON.stringify(content, null, 2)}\n`),
      });
