import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as ambient from "@tickless/ambient";
import type * as core from "@tickless/core";
import type * as kit from "@tickless/core/kit";
import type * as explore from "@tickless/explore";
import type * as exploreFiles from "@tickless/explore/node";
import type * as trace from "@tickless/trace";
import type * as traceFiles from "@tickless/trace/node";
import { CommandError, ticklessCode } from "./failure.ts";

/** What a program may import of Tickless. */
const entries = [
  "tickless",
  "tickless/kit",
  "tickless/node",
  "@tickless/ambient",
  "@tickless/core",
  "@tickless/core/kit",
  "@tickless/explore",
  "@tickless/sync",
  "@tickless/trace",
  "@tickless/trace/exporters",
  "@tickless/trace/node",
] as const;

/** What is only loaded where it is asked for: it brings a parser with it. */
const onDemand = ["@tickless/explore/node"] as const;

type Entry = (typeof entries)[number] | (typeof onDemand)[number];

/**
 * The copy of Tickless that a program uses, which must also be the one that runs it: tasks of one
 * copy are strangers to another, and core refuses to be loaded twice. So nothing of it is imported
 * by the command itself, only what is found here.
 */
export class Installation {
  readonly #paths: ReadonlyMap<Entry, string>;

  constructor(paths: ReadonlyMap<Entry, string>) {
    this.#paths = paths;
  }

  /** Path of its core, which identifies it. */
  get core(): string {
    return this.#paths.get("@tickless/core") ?? "";
  }

  has(entry: Entry): boolean {
    return this.#paths.has(entry);
  }

  loadCore(): Promise<typeof core> {
    return this.#load("@tickless/core") as Promise<typeof core>;
  }

  loadKit(): Promise<typeof kit> {
    return this.#load("@tickless/core/kit") as Promise<typeof kit>;
  }

  loadTrace(): Promise<typeof trace> {
    return this.#load("@tickless/trace") as Promise<typeof trace>;
  }

  loadTraceFiles(): Promise<typeof traceFiles> {
    return this.#load("@tickless/trace/node") as Promise<typeof traceFiles>;
  }

  loadExplore(): Promise<typeof explore> {
    return this.#load("@tickless/explore") as Promise<typeof explore>;
  }

  loadExploreFiles(): Promise<typeof exploreFiles> {
    return this.#load("@tickless/explore/node") as Promise<typeof exploreFiles>;
  }

  loadAmbient(): Promise<typeof ambient> {
    return this.#load("@tickless/ambient") as Promise<typeof ambient>;
  }

  /** All of it that there is, by the names under which programs import it. */
  async loadAll(): Promise<Record<string, unknown>> {
    const modules: Record<string, unknown> = {};
    for (const entry of entries) if (this.has(entry)) modules[entry] = await this.#load(entry);
    if (!this.has("@tickless/ambient")) return modules;
    const { register } = await this.loadAmbient();
    for (const entry of ["@tickless/ambient/register", "tickless/register"]) {
      // What these do, they do when a program asks for them.
      Object.defineProperty(modules, entry, { enumerable: true, get: () => (register(), {}) });
    }
    return modules;
  }

  async #load(entry: Entry): Promise<unknown> {
    const path = this.#paths.get(entry);
    if (path === undefined) {
      throw new CommandError(
        "ERR_NOT_INSTALLED",
        `The program uses its own copy of Tickless (${this.core}), and ${entry} is not installed ` +
          "beside it. Run `npm install tickless` in the program's project.",
      );
    }
    try {
      return await import(pathToFileURL(path).href);
    } catch (error) {
      throw asSecondCopy(error);
    }
  }
}

/** The refusal of a second copy as a mistake of the project; any other error as it is. */
export function asSecondCopy(error: unknown): unknown {
  const code = ticklessCode(error);
  return code === "ERR_SECOND_COPY" ? new CommandError(code, (error as Error).message) : error;
}

/** Folder of package `name`, as a module in file `from` finds it; undefined if it finds none. */
function packageFolder(from: string, name: string): string | undefined {
  let own = true;
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (own && existsSync(manifest)) {
      own = false;
      const { name: ownName } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string };
      if (ownName === name) return folder;
    }
    const found = join(folder, "node_modules", name);
    if (existsSync(join(found, "package.json"))) return realpathSync(found);
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * Path of `entry`, as a module in file `from` finds it. Not by `require.resolve` from there: that
 * looks into NODE_PATH too, which pnpm sets for commands, and which `import` does not heed.
 */
function resolved(from: string, entry: Entry): string | undefined {
  const name = entry.split("/", entry.startsWith("@") ? 2 : 1).join("/");
  const folder = packageFolder(from, name);
  if (folder === undefined) return undefined;
  try {
    // A package finds its own entries by its own name.
    return createRequire(join(folder, "package.json")).resolve(entry);
  } catch {
    return undefined;
  }
}

/** What can be imported in file `from`, where `tickless` brings the other packages with it. */
function visibleFrom(from: string): ReadonlyMap<Entry, string> {
  const tickless = resolved(from, "tickless");
  const paths = new Map<Entry, string>();
  for (const entry of [...entries, ...onDemand]) {
    const path = resolved(from, entry) ?? (tickless && resolved(tickless, entry));
    if (path !== undefined) paths.set(entry, path);
  }
  return paths;
}

/** The copy of Tickless that modules in `folder` import, or the command's own if there is none. */
export function installationIn(folder: string): Installation {
  const paths = visibleFrom(join(realpathSync(folder), "program"));
  return new Installation(paths.has("@tickless/core") ? paths : visibleFrom(import.meta.filename));
}

/** The copy of Tickless that the module `file` imports, or the command's own. */
export function installationOf(file: string): Installation {
  return installationIn(dirname(realpathSync(file)));
}
