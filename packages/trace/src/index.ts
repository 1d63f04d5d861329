/**
 * Records runs, gives them a fingerprint, replays them and says where they first differ.
 *
 * @packageDocumentation
 */
import { tellRepros } from "@tickless/core/kit";
import { runRepros } from "./run-repro.ts";

export { assertReplays } from "./assert.ts";
export {
  assertDeterministic,
  checkDeterminism,
  type CheckOptions,
  type CheckResult,
} from "./check-determinism.ts";
export type { ListedEvent } from "./causes.ts";
export type { Cursor } from "./cursor.ts";
export { describeEvent, type EventText, textOf } from "./describe.ts";
export { diff, type DiffOptions, type TraceDiff } from "./diff.ts";
export type { DiffEntry, DiffSummary } from "./diff-summary.ts";
export type { Divergence } from "./divergence.ts";
export { DivergenceError, TraceError } from "./errors.ts";
export type { EventFields, EventKind, EventOf, TraceEvent } from "./event.ts";
export { encodeTrace } from "./encode.ts";
export { fingerprintOf, sameFingerprint } from "./fingerprint.ts";
export type { Level, RingLevel } from "./levels.ts";
export type { EventQuery } from "./event-query.ts";
export type { Exporter, ExportOptions } from "./exporters/exporter.ts";
export { exporters } from "./exporters/index.ts";
export { Timeline, type TimelineView } from "./exporters/timeline.ts";
export { firstDifference } from "./first-difference.ts";
export type { CounterNote, LogNote, MarkNote, TraceNote } from "./note.ts";
export { LiveRun } from "./live-run.ts";
export type { Main } from "./main.ts";
export { openTrace } from "./open.ts";
export { record, type Recorded, type RecordOptions, recordSync } from "./record.ts";
export type { DifferenceKind } from "./reasons.ts";
export { type Recorder, recorder, type RecorderOptions } from "./recorder.ts";
export { replay, replaySync, type StrictOptions, type UntilOptions } from "./replay.ts";
export type {
  ReplayMode,
  ReplayOptions,
  ReplayPoint,
  ReplaySource,
  SeedSource,
} from "./replay-options.ts";
export type { Different, OnItsOwn, ReplayResult, Same, Stopped } from "./replay-result.ts";
export {
  formatRepro,
  isReproLine,
  parseRepro,
  type Repro,
  reproLine,
  reproLineOf,
} from "./repro.ts";
export type {
  HolderState,
  ObjectState,
  PendingTimer,
  PendingWait,
  TraceState,
  TaskState,
  TaskStatus,
} from "./state.ts";
export { stateLines } from "./state-text.ts";
export { TimeTravel } from "./time-travel.ts";
export type {
  Trace,
  TraceCut,
  TraceHeader,
  TraceOptions,
  TraceProgram,
  TraceSource,
} from "./trace.ts";
export { TraceIndex } from "./trace-index.ts";

tellRepros(runRepros);
