import { dates } from "./dates.ts";
import type { Exchange } from "./exchange.ts";
import { timers } from "./timers.ts";

/** All that a virtualized run has of its own, in the order in which it is put in place. */
export const exchanges: readonly Exchange[] = [...timers, ...dates];
