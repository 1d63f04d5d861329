import { Lock } from "@tickless/sync";
import { type CorpusProgram, together, under } from "./program.ts";

/** SCTBench's deadlock01_bad: two locks in opposite orders. */
export const deadlock: CorpusProgram = {
  name: "deadlock01",
  bug: "each task has taken its first lock",
  main: (kind) =>
    kind.of(function* () {
      const a = new Lock({ name: "a" });
      const b = new Lock({ name: "b" });
      const both = (first: Lock, second: Lock) => () => under(first, () => under(second, () => {}));
      yield* together(kind, [both(a, b), both(b, a)]);
    }),
};
