import { account, lazy } from "./account.ts";
import { bluetooth } from "./bluetooth.ts";
import { deadlock } from "./deadlock.ts";
import { lostUpdate } from "./lost-update.ts";
import type { CorpusProgram } from "./program.ts";
import { reorder } from "./reorder.ts";
import { stack } from "./stack.ts";
import { twoStage } from "./two-stage.ts";

/** The programs of SCTBench that explorers are measured on. */
export const sctBench: readonly CorpusProgram[] = [
  lostUpdate,
  account,
  lazy,
  deadlock,
  twoStage("twostage", 1),
  bluetooth,
  reorder(3),
  reorder(5),
  reorder(20),
  twoStage("twostage_50", 49),
  stack,
];
