import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { badType, checkNames } from "@tickless/core/kit";
import { languageOf } from "./rewrite.ts";

/**
 * Which sources are rewritten. A string is a folder, a file, or the name of a package, and matches
 * every path that has it between slashes (`src/db`, `@acme/client`); a RegExp is tried on the whole
 * path, with slashes.
 *
 * @category Exploring
 */
export interface HandOverFiles {
  /** These alone, also in node_modules. Default: all that are not in node_modules. */
  readonly include?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /** Not these, whatever `include` says. Default: none. */
  readonly exclude?: string | RegExp | readonly (string | RegExp)[] | undefined;
}

type Pattern = string | RegExp;

function patterns(name: string, given: unknown): readonly Pattern[] | undefined {
  if (given === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  for (const one of list) {
    if ((typeof one !== "string" || one === "") && !(one instanceof RegExp)) {
      throw badType(name, "a string, a RegExp or a list of such", one);
    }
  }
  return list as readonly Pattern[];
}

function matches(path: string, pattern: Pattern): boolean {
  if (typeof pattern === "string")
    return `${path}/`.includes(`/${pattern.replace(/^\/+|\/+$/g, "")}/`);
  // One with the flag g or y goes on where it has stopped.
  pattern.lastIndex = 0;
  return pattern.test(path);
}

interface Manifest {
  readonly name?: string;
  readonly exports?: { readonly "."?: { readonly "@tickless/source"?: string } };
}

/**
 * Whether it is of a package of Tickless itself. Anybody may call a project `tickless`, and the examples of
 * Tickless have its name; but only its packages have a condition for their sources.
 */
function isOwn({ name, exports }: Manifest): boolean {
  if (name !== "tickless" && name?.startsWith("@tickless/") !== true) return false;
  return exports?.["."]?.["@tickless/source"] !== undefined;
}

/** The folder of the package of Tickless that a folder is in; null: it is in none. */
const ownRoots = new Map<string, string | null>();

function ownRoot(folder: string): string | null {
  const known = ownRoots.get(folder);
  if (known !== undefined) return known;
  const file = join(folder, "package.json");
  const outer = dirname(folder);
  const manifest = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : {};
  let root: string | null = null;
  // Without a name it says something of its folder (`type`), and is no package.
  if (manifest.name !== undefined) root = isOwn(manifest) ? folder : null;
  else if (outer !== folder) root = ownRoot(outer);
  ownRoots.set(folder, root);
  return root;
}

/** Whether a file is one of Tickless's own, whose awaits are what hand-overs are made of. */
function isTickless(path: string): boolean {
  const root = ownRoot(dirname(path));
  return root !== null && /^\/(?:src|dist|bin)\//.test(path.slice(root.length));
}

/** Makes the question of which files to rewrite: it takes absolute paths, with slashes. */
export function selectionOf(files: HandOverFiles): (path: string) => boolean {
  checkNames(files, ["include", "exclude"]);
  const include = patterns("include", files.include);
  const exclude = patterns("exclude", files.exclude) ?? [];
  return (path) => {
    if (languageOf(path) === undefined) return false;
    if (exclude.some((pattern) => matches(path, pattern))) return false;
    const wanted =
      include === undefined
        ? !path.includes("/node_modules/")
        : include.some((pattern) => matches(path, pattern));
    return wanted && !isTickless(path);
  };
}
