import { abortSignals } from "./abort-signal.ts";
import { clocks } from "./clocks.ts";
import { dates } from "./dates.ts";
import type { Exchange } from "./exchange.ts";
import { frames } from "./frames.ts";
import { promiseTimers } from "./promise-timers.ts";
import { chances } from "./random-sources.ts";
import { temporalNow } from "./temporal.ts";
import { timers } from "./timers.ts";

let list: readonly Exchange[] | null = null;

/**
 * All that a virtualized run has of its own, in the order in which it is put in place. It is made when the
 * first run asks for it: an import of Tickless alone loads no module of the host, nor any of its lazy globals.
 */
export function exchanges(): readonly Exchange[] {
  list ??= [
    ...timers(),
    ...promiseTimers(),
    ...abortSignals(),
    ...dates(),
    ...clocks(),
    ...temporalNow(),
    ...frames(),
    ...chances(),
  ];
  return list;
}
