import { driver } from "./context.ts";
import { LimitError } from "./errors.ts";
import type { Kernel } from "./kernel.ts";

/** That `loop` has taken as many steps as it may, in all or without time having moved. */
export function limitReached(what: "instant" | "run", loop: Kernel): LimitError {
  const { maxSteps, maxStepsPerInstant } = loop.settings;
  const path = driver.step?.task.path;
  const alarm = driver.rung?.lastOf(loop) ?? null;
  const name = alarm ?? path;
  const last = name === undefined ? "" : ` The last to run was \`${name}\`.`;
  const context = { time: loop.now, task: path };
  if (what === "run") {
    const endless =
      alarm === null ? "" : " A timer that comes again keeps a run going until it is cleared.";
    return new LimitError(
      `The run has taken ${maxSteps} steps and is at ${loop.at()}.${last}${endless} If the work is real, ` +
        "raise `maxSteps`.",
      context,
    );
  }
  return new LimitError(
    `${maxStepsPerInstant} steps at ${loop.at()} and time has not moved.${last} Probably ${
      alarm === null
        ? "a loop waits with `sleep(0)`, or two tasks wake each other"
        : "its callback asks for the next one at once"
    }, and nothing lets time move: sleep for longer, or wait for an event. If the work is real, raise ` +
      "`maxStepsPerInstant`.",
    context,
  );
}
