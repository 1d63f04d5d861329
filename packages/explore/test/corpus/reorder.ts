import { type CorpusProgram, fail, point, together } from "./program.ts";

/** SCTBench's reorder_N_bad: one checker, and setters that write two values in order. */
export function reorder(tasks: number): CorpusProgram {
  return {
    name: `reorder_${tasks}`,
    bug: "the checker sees a written and b not",
    main: (kind) =>
      kind.of(function* () {
        let a = 0;
        let b = 0;
        const setter = function* () {
          yield* point();
          a = 1;
          yield* point();
          b = -1;
        };
        const checker = function* () {
          yield* point();
          if (a === 0) {
            yield* point();
            if (b === 0) return;
          }
          yield* point();
          if (a === 1) {
            yield* point();
            if (b === -1) return;
          }
          fail(`a is ${a}, b is ${b}`);
        };
        yield* together(kind, [...Array.from({ length: tasks - 1 }, () => setter), checker]);
      }),
  };
}
