import { abortSignals } from "./abort-signal.ts";
import { clocks } from "./clocks.ts";
import { dates } from "./dates.ts";
import type { Exchange } from "./exchange.ts";
import { frames } from "./frames.ts";
import { promiseTimers } from "./promise-timers.ts";
import { chances } from "./random-sources.ts";
import { temporalNow } from "./temporal.ts";
import { timers } from "./timers.ts";

/** All that a virtualized run has of its own, in the order in which it is put in place. */
export const exchanges: readonly Exchange[] = [
  ...timers,
  ...promiseTimers,
  ...abortSignals,
  ...dates,
  ...clocks,
  ...temporalNow,
  ...frames,
  ...chances,
];
