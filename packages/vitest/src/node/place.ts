import { relative, sep } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** A path as one types it in the working directory. */
export function typed(file: string): string {
  const path = relative(process.cwd(), file).replaceAll(sep, "/");
  return path === "" ? "." : path;
}

/** The folder that `--root` names, as one types it; empty where it is the working directory. */
export function typedRoot(file: string, nameInRoot: string): string {
  if (!file.endsWith(`/${nameInRoot}`)) return "";
  const root = typed(file.slice(0, -nameInRoot.length));
  return root === "." ? "" : root;
}

/** Places in a text as one types them in the working directory: `at deposit (account.js:7:20)`. */
export function localPlaces(text: string): string {
  const here = `${process.cwd()}${sep}`;
  return text.replaceAll(pathToFileURL(here).href, "").replaceAll(here, "");
}
