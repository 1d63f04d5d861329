import { type CorpusProgram, fail, point, together } from "./program.ts";

/** The Bluetooth driver of Qadeer and Wu, "KISS: Keep It Simple and Sequential", PLDI 2004. */
export const bluetooth: CorpusProgram = {
  name: "bluetooth",
  bug: "the driver is used after it was stopped",
  main: (kind) =>
    kind.of(function* () {
      let stopping = false;
      let stopped = false;
      let event = false;
      let pending = 1;
      const release = function* () {
        yield* point();
        pending -= 1;
        if (pending !== 0) return;
        yield* point();
        event = true;
      };
      const stopper = function* () {
        yield* point();
        stopping = true;
        yield* release();
        yield* point();
        if (!event) return;
        yield* point();
        stopped = true;
      };
      const adder = function* () {
        yield* point();
        if (!stopping) {
          yield* point();
          pending += 1;
          yield* point();
          if (stopped) fail("the driver was used after stop");
        }
        yield* release();
      };
      yield* together(kind, [stopper, adder]);
    }),
};
