import { doubleLock, lockAndChannel, missedSignal, missingUnlock } from "./locking.ts";
import { abandonedResult, desertedBarrier, waitGroupDone } from "./messages.ts";
import type { GoProgram } from "./pair.ts";
import {
  capturedVariable,
  checkThenAct,
  doubleClose,
  lostError,
  waitGroupAdd,
  workAfterStop,
} from "./shared.ts";

/** Bugs that block, and bugs that do not. */
export const goBugs: readonly GoProgram[] = [
  missingUnlock,
  doubleLock,
  lockAndChannel,
  missedSignal,
  abandonedResult,
  waitGroupDone,
  desertedBarrier,
  doubleClose,
  capturedVariable,
  checkThenAct,
  waitGroupAdd,
  workAfterStop,
  lostError,
];
