import { exception, ScenarioError } from "../exceptions.ts";
import { evaluate } from "../frame.ts";
import { asText } from "../scenario.ts";
import type { JumpOp } from "./kinds.ts";

/** Ops that leave the list of ops that they stand in. */
export const jumpOps: { readonly [name: string]: JumpOp } = {
  raise: (frame, className, message) => {
    if (className !== undefined) {
      throw exception(asText(className), message === undefined ? "" : asText(message));
    }
    if (frame.handling.length === 0) throw new ScenarioError("RuntimeError");
    throw frame.handling.at(-1);
  },
  return: (frame, value) => ({ kind: "return", value: evaluate(frame, value) }),
  break: () => ({ kind: "break" }),
  continue: () => ({ kind: "continue" }),
};
