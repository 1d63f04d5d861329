/**
 * Side effect of an import: from now on what a program saves of the host's timers, dates, clocks and chance
 * (`const sleep = promisify(setTimeout)` at the top of a module) is routed in runs too. Import it before
 * the program's modules: `node --import @tickless/ambient/register`, `setupFiles` of Vitest, the first
 * import of a program. Code outside of runs gets the host's answers, as ever.
 *
 * @packageDocumentation
 */
import { register } from "./routers.ts";

register();
