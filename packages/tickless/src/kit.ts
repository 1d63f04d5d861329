/**
 * What extensions of Tickless build on, for programs that install `tickless` alone.
 *
 * @packageDocumentation
 */
export {
  badRange,
  badType,
  checkInteger,
  checkNames,
  checkTime,
  type ChoiceKind,
  type Holding,
  type Policy,
  type Probe,
  Resource,
  type ResourceOptions,
  Wait,
  WaitQueue,
  type WaitSource,
  type WaitSubject,
} from "@tickless/core/kit";
