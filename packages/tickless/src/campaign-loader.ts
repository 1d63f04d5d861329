/** What loads a program in each worker of `tickless explore`: as the command itself does. */
import { ambienceOf, loadAmbientMain } from "./ambience.ts";
import { describeFailure } from "./failure.ts";
import { installationOf } from "./installation.ts";
import { findProgram, LoadError, type Main } from "./program.ts";
import { colorsFor } from "./terminal.ts";

/** Of an error that comes from the program's own text; what is told of it is ready to be printed. */
export const LOAD_FAILED = "ERR_PROGRAM_FAILED";

/** Stands in the URL by which the workers import this: `campaign-loader.js?virtualize=1`. */
const asked = new URL(import.meta.url).searchParams;
const ambience = ambienceOf({
  virtualize: asked.has("virtualize") || undefined,
  startDate: asked.get("start-date") ?? undefined,
  guard: asked.has("guard") || undefined,
});

/** Answers the default export of the program at `path`. */
export async function load(
  path: string,
  { handOvers }: { readonly handOvers: boolean },
): Promise<Main> {
  const program = findProgram(path, "");
  try {
    return await loadAmbientMain(program, installationOf(program.path), ambience, { handOvers });
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    const text = `${describeFailure(error.cause, colorsFor(process.stderr))}${error.message}`;
    throw Object.assign(new Error(text), { code: LOAD_FAILED });
  }
}
