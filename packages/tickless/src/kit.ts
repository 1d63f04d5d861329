/**
 * What extensions of Tickless build on, for programs that install `tickless` alone.
 *
 * @packageDocumentation
 */
export {
  awaited,
  badRange,
  badType,
  checkInteger,
  checkNames,
  checkTime,
  type ChoiceKind,
  chooseOption,
  eachAwaited,
  failRun,
  handOver,
  type Holding,
  isCoroutine,
  notePlaces,
  type Policy,
  type Probe,
  readyTasks,
  Resource,
  type ResourceOptions,
  Simulation,
  Wait,
  WaitQueue,
  type WaitSource,
  type WaitSubject,
  whereIs,
  whereNow,
} from "@tickless/core/kit";
