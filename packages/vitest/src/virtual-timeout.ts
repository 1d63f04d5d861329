import type { Probe } from "@tickless/core/kit";
import { VirtualTimeoutError } from "./errors.ts";
import type { Settings } from "./options.ts";

/**
 * Fails a run as soon as time moves past `timeout`. A probe, and not a timer: a timer would be one more
 * choice, and would keep a deadlock from being found.
 */
export function virtualTimeout({ timeout, timeUnit }: Settings): Probe[] {
  if (timeout === Infinity) return [];
  const unit = timeUnit === "none" ? "" : ` ${timeUnit}`;
  return [
    {
      time(_event: number, now: number) {
        if (now <= timeout) return;
        throw new VirtualTimeoutError(
          "ERR_VIRTUAL_TIMEOUT",
          `The test was not done after ${timeout}${unit} of virtual time: the next thing to happen would be at ` +
            `t=${now}${unit}. Give it more (\`timeout\`), or see below where it stood.`,
          { time: now },
        );
      },
    },
  ];
}
