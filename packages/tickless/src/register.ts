/**
 * Side effect of an import, the one of `@tickless/ambient/register`: what a program saves of the host's
 * timers, dates, clocks and chance from now on is routed in runs too.
 *
 * @packageDocumentation
 */
import { register } from "@tickless/ambient";

register();
