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

/** Whether a folder is inside a package of Tickless, whose own awaits are what hand-overs are made of. */
const ticklessFolders = new Map<string, boolean>();

function isTickless(folder: string): boolean {
  let answer = ticklessFolders.get(folder);
  if (answer !== undefined) return answer;
  const file = join(folder, "package.json");
  const outer = dirname(folder);
  if (existsSync(file)) {
    const { name } = JSON.parse(readFileSync(file, "utf8")) as { name?: string };
    // Without a name it says something of its folder (`type`), and is no package.
    answer = name === undefined ? isTickless(outer) : /^(?:tickless|@tickless\/.*)$/.test(name);
  } else {
    answer = outer !== folder && isTickless(outer);
  }
  ticklessFolders.set(folder, answer);
  return answer;
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
    return wanted && !isTickless(dirname(path));
  };
}
