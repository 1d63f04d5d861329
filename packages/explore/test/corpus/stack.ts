import { Lock } from "@tickless/sync";
import { type CorpusProgram, fail, together, under } from "./program.ts";

/** SCTBench's stack_bad: a flag says that something was pushed once, and not that something is left. */
export const stack: CorpusProgram = {
  name: "stack",
  bug: "a pop of an empty stack",
  main: (kind) =>
    kind.of(function* () {
      const lock = new Lock();
      let size = 0;
      let pushed = false;
      const times = 10;
      const pusher = function* () {
        for (let i = 0; i < times; i++) {
          yield* under(lock, () => {
            size += 1;
            pushed = true;
          });
        }
      };
      const popper = function* () {
        for (let i = 0; i < times; i++) {
          yield* under(lock, () => {
            if (!pushed) return;
            if (size === 0) fail("the stack is empty");
            size -= 1;
          });
        }
      };
      yield* together(kind, [pusher, popper]);
    }),
};
