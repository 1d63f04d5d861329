import { Lock } from "@tickless/sync";
import { type CorpusProgram, fail, together, under } from "./program.ts";

/** SCTBench's twostage_bad with so many writers: two values that belong together, under two locks. */
export function twoStage(name: string, writers: number): CorpusProgram {
  return {
    name,
    bug: "the reader comes between the two stages",
    main: (kind) =>
      kind.of(function* () {
        const first = new Lock();
        const second = new Lock();
        let d1 = 0;
        let d2 = 0;
        const writer = function* () {
          yield* under(first, () => {
            d1 = 1;
          });
          yield* under(second, () => {
            d2 = d1 + 1;
          });
        };
        const reader = function* () {
          const seen = yield* under(first, () => {
            return d1;
          });
          if (seen === 0) return;
          yield* under(second, () => {
            if (d2 !== seen + 1) fail(`d1 was ${seen}, d2 is ${d2}`);
          });
        };
        yield* together(kind, [...Array.from({ length: writers }, () => writer), reader]);
      }),
  };
}
