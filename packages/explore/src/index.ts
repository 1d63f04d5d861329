/**
 * Searches the schedules of a program for one that breaks it.
 *
 * @packageDocumentation
 */
export type { Choice, Choices } from "./choices.ts";
export { type Shared, shared } from "./declared.ts";
export type { Exploration } from "./exploration.ts";
export { ExplorationError, InvariantError } from "./errors.ts";
export { explore, exploreSync } from "./explore.ts";
export type { Failure, FailureReason } from "./failure.ts";
export { buggify, choose } from "./faults.ts";
export { always, sometimes } from "./invariants.ts";
export { interleave, type InterleaveOptions } from "./interleave.ts";
export type { ExploreOptions } from "./options.ts";
export type { Outcome } from "./outcomes.ts";
export type { Random } from "./random.ts";
export {
  expectSameOutcome,
  expectSameOutcomeSync,
  type SameOutcomeOptions,
} from "./same-outcome.ts";
export { shrink, type ShrinkOptions, shrinkSync } from "./shrink.ts";
export type { Decision, Shrunk } from "./shrunk.ts";
export { strategies } from "./strategies/index.ts";
export type { SchedulePolicy, ScheduleRun, Search, Strategy, StrategySetup } from "./strategy.ts";
export { type Tie, type TieOptions, type TieReport, tieReport } from "./tie-report.ts";
