import { abortSignals } from "./abort-signal.ts";
import { clocks } from "./clocks.ts";
import { dates } from "./dates.ts";
import type { Exchange } from "./exchange.ts";
import { frames } from "./frames.ts";
import { microtasks } from "./microtasks.ts";
import { promiseTimers } from "./promise-timers.ts";
import { chances } from "./random-sources.ts";
import { temporalNow } from "./temporal.ts";
import { timers } from "./timers.ts";

let list: readonly Exchange[] | null = null;

/** All that a virtualized run has of its own, made anew, in the order in which it is put in place. */
export function newExchanges(): readonly Exchange[] {
  return [
    ...timers(),
    ...microtasks(),
    ...promiseTimers(),
    ...abortSignals(),
    ...dates(),
    ...clocks(),
    ...temporalNow(),
    ...frames(),
    ...chances(),
  ];
}

/**
 * Those of all runs. They are made when the first run asks for them: an import of Tickless alone loads no
 * module of the host, nor any of its lazy globals.
 */
export function exchanges(): readonly Exchange[] {
  list ??= newExchanges();
  return list;
}

/** The next run makes its own anew, over what stands there then. */
export function forgetExchanges(): void {
  list = null;
}
