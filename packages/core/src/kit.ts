/**
 * What extensions of Tickless build on: resources and waits for primitives, probes for recorders,
 * policies for strategies and replay.
 *
 * @packageDocumentation
 */
export { Alarm, type Alarmed, alarmOrigin } from "./alarm.ts";
export { awaited, eachAwaited } from "./awaits.ts";
export { lazyWait } from "./call.ts";
export { lazyCall } from "./coroutine.ts";
export { chooseOption, failRun } from "./choice.ts";
export { isInside, loopOfCode, type Scope } from "./context.ts";
export { waitReport } from "./deadlock.ts";
export { badRange, badType, checkInteger, checkNames, checkTime } from "./errors.ts";
export { handOver } from "./hand-over.ts";
export { noteReading, readingIn } from "./notes.ts";
export { optionNames } from "./options.ts";
export type { ChoiceKind, Policy } from "./policy.ts";
export type { Drive, Probe } from "./probe.ts";
export { type Repros, tellRepros } from "./repro.ts";
export { type Holding, Resource, type ResourceOptions } from "./resource.ts";
export { Simulation } from "./run.ts";
export { isOwnFrame } from "./stack.ts";
export { isCoroutine } from "./suspension.ts";
export {
  payOwed,
  surround,
  type Surroundings,
  surroundingsOf,
  uncaughtIn,
} from "./surroundings.ts";
export { WaitQueue } from "./wait-queue.ts";
export { Wait } from "./wait.ts";
export { waitSource, type WaitSource, type WaitSubject } from "./wait-source.ts";
export { notePlaces, readyTasks, whereIs, whereNow } from "./where.ts";
