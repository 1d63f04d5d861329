/**
 * The host's timers, dates, clocks and chance in the virtual time of a Tickless run, for code that knows
 * nothing of Tickless.
 *
 * @packageDocumentation
 */
export { virtualize, type VirtualizeOptions } from "./virtualize.ts";
