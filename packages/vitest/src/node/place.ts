import { relative, sep } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A path as one types it in the working directory. */
export function typed(file: string): string {
  const path = relative(process.cwd(), file).replaceAll(sep, "/");
  return path === "" ? "." : path;
}

/** What stands in a frame, a line that begins with `at`, between its function and its line. */
const FILE_OF_FRAME =
  /(?<=^ +at (?:.*\()?)(?:file:\/\/\/|\/|[A-Za-z]:[\\/])[^()]*(?=:\d+:\d+\)?$)/gm;

/** A text with the files of its frames as one types them. */
export function typedFrames(text: string): string {
  return text.replaceAll(FILE_OF_FRAME, (file) =>
    typed(file.startsWith("file:") ? fileURLToPath(file) : file),
  );
}
