import type { SimulateOptions } from "@tickless/core";
import type { Repro } from "@tickless/trace";
import type { Ambience } from "./ambience.ts";
import type { Installation } from "./installation.ts";
import type { ProgramFile } from "./program.ts";
import { writing } from "./recording.ts";

/** Records what a repro line does, in the file `out`; the recording says all that its replay needs. */
export async function lineRecording(
  tickless: Installation,
  repro: Repro,
  out: string,
  what: {
    readonly program: ProgramFile;
    readonly args: readonly string[];
    readonly ambience: Ambience;
  },
): Promise<{
  readonly probes: NonNullable<SimulateOptions["probes"]>;
  /** Answers what the summary says of it. */
  readonly finish: () => readonly string[];
}> {
  const { fileRecorder, programOf } = await tickless.loadTraceFiles();
  const { program, args, ambience } = what;
  const identity = programOf(program.path, args, ambience);
  const recorded = repro.handOvers === true ? { ...identity, handOvers: true } : identity;
  const options = optionsOf(repro);
  const taker = writing(out, () => fileRecorder(out, { program: recorded, options }));
  const finish = (): readonly string[] => {
    writing(out, () => taker.finish());
    return [`fingerprint ${taker.fingerprint()}`, `recorded in ${out}`];
  };
  return { probes: taker.probes, finish };
}

/** The options that a line stands for. Its policy is the replay's; the header says that there was one. */
function optionsOf({ seed, start, timeUnit, options }: Repro): SimulateOptions {
  const { until, maxSteps, maxStepsPerInstant, jitter, policy } = options;
  return {
    seed,
    start,
    timeUnit: timeUnit as NonNullable<SimulateOptions["timeUnit"]>,
    until: until ?? undefined,
    maxSteps: maxSteps ?? undefined,
    maxStepsPerInstant: maxStepsPerInstant ?? undefined,
    jitter,
    policy: policy ? { choose: () => 0 } : undefined,
  };
}
