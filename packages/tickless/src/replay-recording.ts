import { resolve } from "node:path";
import type { SimulateOptions } from "@tickless/core";
import type { TraceOptions, TraceProgram } from "@tickless/trace";
import { CommandError, describeMistake, EXIT_INTERRUPTED, EXIT_USAGE } from "./failure.ts";
import type { Installation } from "./installation.ts";
import { Sigint } from "./interrupt.ts";
import type { ProgramFile } from "./program.ts";
import { checkRecordingFile, notWritable } from "./recording.ts";
import { colorsFor } from "./terminal.ts";

/** A recording of a replayed run. */
export interface ReplayRecording {
  readonly probes: NonNullable<SimulateOptions["probes"]>;
  /** Finishes it, as far as the run goes. Answers what the summary says of it. */
  readonly save: () => readonly string[];
}

/** As the options of the run were, for the header: the policy is the replay's. */
function headerOptions({ policy, ...limits }: TraceOptions): SimulateOptions {
  const given = Object.entries(limits).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(given), ...(policy && { policy: { choose: () => 0 } }) };
}

/** Checks `--record`, before anything runs. `source` is the recording that is replayed; null for a line. */
export function checkReplayRecording(
  out: string | undefined,
  source: string | null,
  program: ProgramFile,
  force: boolean,
): void {
  if (out === undefined) return;
  if (source !== null && resolve(out) === resolve(source)) {
    throw new CommandError(
      "ERR_RECORD_FILE",
      `\`--record ${out}\` would overwrite the recording that is replayed. Name another file.`,
    );
  }
  checkRecordingFile(out, program, force);
}

/** Records a replayed run in file `out`; nowhere without one. */
export async function replayRecording(
  tickless: Installation,
  out: string | undefined,
  program: TraceProgram,
  options: TraceOptions,
): Promise<ReplayRecording> {
  if (out === undefined) return { probes: [], save: () => [] };
  const { fileRecorder } = await tickless.loadTraceFiles();
  const asMistake = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw notWritable(out, error);
    }
  };
  const taker = asMistake(() => fileRecorder(out, { program, options: headerOptions(options) }));
  // Also where the program ends the process.
  const save = (): void => void taker.finish();
  process.once("exit", save);
  const finish = (): void => {
    process.off("exit", save);
    asMistake(save);
  };
  const interrupted = (): void => {
    try {
      finish();
    } catch (error) {
      process.stderr.write(describeMistake(error as CommandError, colorsFor(process.stderr)));
      process.exit(EXIT_USAGE);
    }
    process.stderr.write(`Interrupted between two steps; the recording so far is in ${out}.\n`);
    process.exit(EXIT_INTERRUPTED);
  };
  // Of a step that never ends the file stays that is there meanwhile, and can be opened.
  const sigint = new Sigint(interrupted, () => undefined);
  return {
    probes: taker.probes,
    save: () => {
      sigint.endWatch();
      finish();
      sigint.giveBack();
      return [`fingerprint ${taker.fingerprint()}`, `recorded in ${out}`];
    },
  };
}
