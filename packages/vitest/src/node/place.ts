import { relative, sep } from "node:path";
import process from "node:process";

/** A path as one types it in the working directory. */
export function typed(file: string): string {
  const path = relative(process.cwd(), file).replaceAll(sep, "/");
  return path === "" ? "." : path;
}
