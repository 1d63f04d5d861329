import type { Kind, Script } from "../../../../core/test/kinds.ts";
import type { CorpusProgram } from "../program.ts";

/**
 * A bug of the kinds that Tu, Liu, Song, Zhang found in Go programs ("Understanding Real-World Concurrency
 * Bugs in Go", ASPLOS 2019), and the same program without it. First in, first out, none of them shows it.
 */
export interface GoProgram extends CorpusProgram {
  /** The portfolio has found it after so many schedules, with each of 40 seeds. */
  readonly within: number;
  readonly fixed: CorpusProgram["main"];
  /** How many schedules the fixed program has. */
  readonly schedules: number;
}

/** `write` makes the program for a kind of body, wrong or right. */
export function pair(
  about: Omit<GoProgram, "main" | "fixed">,
  write: (kind: Kind, right: boolean) => Script<void>,
): GoProgram {
  return {
    ...about,
    main: (kind) => kind.of(() => write(kind, false)),
    fixed: (kind) => kind.of(() => write(kind, true)),
  };
}
