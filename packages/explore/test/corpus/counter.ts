import type { FlowOf } from "@tickless/core";
import type { Kind } from "../../../core/test/kinds.ts";
import { point, together } from "./program.ts";

/** The counter of races.md: three of its updates are lost, and each loss takes a switch of its own. */
export const counter = (kind: Kind): (() => FlowOf<unknown>) =>
  kind.of(function* () {
    const values = [0, 0, 0];
    const increment = (which: number) =>
      function* () {
        yield* point();
        const read = values[which] ?? 0;
        yield* point();
        values[which] = read + 1;
      };
    yield* together(
      kind,
      [0, 0, 1, 1, 2, 2].map((which) => increment(which)),
    );
    if (values.every((value) => value === 1)) throw new Error("three updates are lost");
  });
