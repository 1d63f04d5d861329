import { sep } from "node:path";
import { pathToFileURL } from "node:url";

/** Paths in a text for people, as seen from the working directory: `at deposit (bank.ts:5:11)`. */
export function localPaths(text: string): string {
  const here = `${process.cwd()}${sep}`;
  return text.replaceAll(pathToFileURL(here).href, "").replaceAll(here, "");
}
