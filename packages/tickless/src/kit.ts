/**
 * What extensions of Tickless build on, for programs that install `tickless` alone.
 *
 * @packageDocumentation
 */
export {
  Alarm,
  type Alarmed,
  alarmOrigin,
  badRange,
  badType,
  checkInteger,
  checkNames,
  checkTime,
  type ChoiceKind,
  type Drive,
  type Holding,
  isOwnFrame,
  loopOfCode,
  notePlaces,
  noteReading,
  type Policy,
  type Probe,
  readingIn,
  readyTasks,
  Resource,
  type ResourceOptions,
  Simulation,
  surround,
  type Surroundings,
  surroundingsOf,
  Wait,
  WaitQueue,
  type WaitSource,
  type WaitSubject,
  whereIs,
  whereNow,
} from "@tickless/core/kit";
