/**
 * The host's timers, dates, clocks and chance in the virtual time of a Tickless run, for code that knows
 * nothing of Tickless.
 *
 * @packageDocumentation
 */
export { guard, type GuardOptions } from "./guard.ts";
export { register } from "./routers.ts";
export type { GuardGroup } from "./rules.ts";
export { virtualize, type VirtualizeOptions } from "./virtualize.ts";
export { watchHost } from "./watch.ts";
