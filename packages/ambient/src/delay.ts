import { hostProcess, onNode } from "./host.ts";

/** The longest delay in ms that hosts know. */
const LONGEST_MS = 2 ** 31 - 1;

/** What Node has warned of once in this process. */
const warned = new Set<string>();

function warn(text: string, type: string, once: boolean): void {
  if (once && warned.has(type)) return;
  warned.add(type);
  hostProcess?.emitWarning?.(`${text}.\nTimeout duration was set to 1.`, type);
}

/** As Node: what is no number from 1 to 2^31 - 1 counts as 1, with a warning; parts of a ms are dropped. */
function delayOnNode(delay: unknown): number {
  const ms = delay === undefined ? 1 : (delay as number) * 1;
  if (ms >= 1 && ms <= LONGEST_MS) return Math.trunc(ms);
  if (ms > LONGEST_MS) {
    warn(`${ms} does not fit into a 32-bit signed integer`, "TimeoutOverflowWarning", false);
  } else if (ms < 0) {
    warn(`${ms} is a negative number`, "TimeoutNegativeWarning", true);
  } else if (Number.isNaN(ms)) {
    warn(`${ms} is not a number`, "TimeoutNaNWarning", true);
  }
  return 1;
}

/**
 * The delay in ms that the host makes of what a timer was given (Node's `Timeout`, lib/internal/timers.js;
 * a `long` of Web IDL in browsers).
 */
export function delayMs(delay: unknown): number {
  return onNode ? delayOnNode(delay) : Math.max(0, (delay as number) | 0);
}
