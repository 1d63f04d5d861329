import { statSync } from "node:fs";
import { extname, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { TransformOptions } from "jiti";
import { CommandError } from "./failure.ts";
import { asSecondCopy, type Installation } from "./installation.ts";

const typescript: readonly string[] = [".ts", ".mts", ".cts"];
const javascript: readonly string[] = [".js", ".mjs", ".cjs"];

/** A file that exports a main. */
export interface ProgramFile {
  /** Absolute path. */
  readonly path: string;
  /** Path from the working directory, with slashes: its name in traces and messages. */
  readonly name: string;
}

/** What a program exports. */
export type Main = (input: { readonly args: readonly string[] }) => unknown;

/** A program failed before its main was called: an error in its text, or thrown by it. */
export class LoadError extends Error {
  constructor(program: ProgramFile, cause: unknown) {
    super(`\`${program.name}\` failed while it was loaded.`, { cause });
    this.name = "LoadError";
  }
}

/** Finds the program that `file` names. `advice` says what to write if there is none. */
export function findProgram(file: string, advice: string): ProgramFile {
  const path = resolve(file);
  const name = relative(process.cwd(), path).replaceAll(sep, "/");
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) {
    const what = stats === undefined ? "does not exist" : "is not a file";
    throw new CommandError("ERR_PROGRAM_NOT_FOUND", `The program \`${file}\` ${what}. ${advice}`);
  }
  const endings = [...typescript, ...javascript];
  if (!endings.includes(extname(path))) {
    throw new CommandError(
      "ERR_PROGRAM_KIND",
      `The program \`${file}\` is neither TypeScript nor JavaScript. ` +
        `Its name has to end in ${endings.slice(0, -1).join(", ")} or ${endings.at(-1)}.`,
    );
  }
  return { path, name };
}

/** How a program is loaded. */
export interface Loading {
  /** What it exports as its main. Default: `default`. */
  readonly name?: string | undefined;
  /** Whether its awaits are rewritten to hand over (rule S10.10). Default: false. */
  readonly handOvers?: boolean | undefined;
}

/** Node.js before 22.18 cannot load TypeScript, so that goes through jiti on every version. */
async function importModule(
  program: ProgramFile,
  tickless: Installation,
  handOvers: boolean,
): Promise<object> {
  const explore = handOvers ? await tickless.loadExploreFiles() : null;
  explore?.registerHandOvers();
  if (!typescript.includes(extname(program.path))) {
    return (await import(pathToFileURL(program.path).href)) as object;
  }
  const { createJiti } = await import("jiti");
  const options = {
    // What is not asked for is not written, neither beside the program nor elsewhere.
    fsCache: false,
    interopDefault: false,
    // jiti resolves by rules of its own: without this it might load a second copy.
    virtualModules: await tickless.loadAll(),
  };
  const plain = createJiti(program.path, options);
  const transform = explore?.transformWithHandOvers((source: TransformOptions) =>
    plain.transform(source),
  );
  const jiti = transform ? createJiti(program.path, { ...options, transform }) : plain;
  return jiti.import<object>(program.path);
}

function exported(module: object, name: string): unknown {
  const value = (module as Record<string, unknown>)[name];
  // A CommonJS module that was compiled from `export default` has it one level further down.
  const compiled = typeof value === "object" && value !== null && "__esModule" in value;
  return compiled ? (value as Record<string, unknown>)[name] : value;
}

/** Loads a program and answers what it exports as its main. */
export async function loadMain(
  program: ProgramFile,
  tickless: Installation,
  { name = "default", handOvers = false }: Loading = {},
): Promise<Main> {
  let module: object;
  try {
    module = await importModule(program, tickless, handOvers);
  } catch (error) {
    const mistake = asSecondCopy(error);
    throw mistake instanceof CommandError ? mistake : new LoadError(program, error);
  }
  const main = exported(module, name);
  if (typeof main === "function") return main as Main;
  const what = name === "default" ? "default export" : `export \`${name}\``;
  const wrong = main === undefined ? `has no ${what}` : `has a ${what} that is not a function`;
  throw new CommandError(
    "ERR_NO_MAIN",
    `The program \`${program.name}\` ${wrong}. Write ` +
      "`export default async function main({ args }) { … }`. A script that calls `run` itself is " +
      "started by node.",
  );
}
