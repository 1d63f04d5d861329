import { type CorpusProgram, fail, point, together } from "./program.ts";

/** Two tasks read a value and write it back greater by one. SCTBench's way of losing an update. */
export const lostUpdate: CorpusProgram = {
  name: "lost_update_2",
  bug: "both read before either writes",
  main: (kind) =>
    kind.of(function* () {
      let value = 0;
      const increment = function* () {
        yield* point();
        const read = value;
        yield* point();
        value = read + 1;
      };
      yield* together(kind, [increment, increment]);
      if (value !== 2) fail(`the value is ${value}`);
    }),
};
