import type { Loop, RunResult, SimulateOptions } from "@tickless/core";
import type { Installation } from "./installation.ts";
import type { Main, ProgramFile } from "./program.ts";
import { notWritable } from "./recording.ts";

/** A program that is about to run. */
export interface Simulation {
  readonly run: (main: Main) => Promise<RunResult<unknown>>;
  /** How far it has come. */
  readonly progress: () => { readonly now: number; readonly steps: number };
  /** Whether it is in debug mode, by option or by environment. */
  readonly debugs: () => boolean;
  /** Writes the recording, if there is one, as far as it goes. Answers what the summary says of it. */
  readonly save: () => readonly string[];
}

/** What there is to know of a simulation before it runs. */
export interface Setup {
  readonly program: ProgramFile;
  readonly args: readonly string[];
  /** Where to write a recording; undefined: nowhere. */
  readonly out: string | undefined;
  readonly options: SimulateOptions;
}

/** Where a recording goes. */
interface Recording {
  readonly probes: NonNullable<SimulateOptions["probes"]>;
  readonly save: () => readonly string[];
}

async function recordingOf(
  tickless: Installation,
  { program, args, out, options }: Setup,
): Promise<Recording> {
  if (out === undefined) return { probes: [], save: () => [] };
  const { recorder } = await tickless.loadTrace();
  const { programOf, writeTrace } = await tickless.loadTraceFiles();
  // Not `record`: its trace is only there when the run has ended.
  const taker = recorder({ program: programOf(program.path, args), options });
  const save = (): readonly string[] => {
    try {
      writeTrace(out, taker.trace());
    } catch (error) {
      throw notWritable(out, error);
    }
    return [`fingerprint ${taker.fingerprint()}`, `recorded in ${out}`];
  };
  return { probes: [taker.probe], save };
}

/** Loads what it takes to run a program, with a recorder or without. */
export async function simulationOf(tickless: Installation, setup: Setup): Promise<Simulation> {
  const { getRunningLoop, simulate } = await tickless.loadCore();
  const { probes, save } = await recordingOf(tickless, setup);
  const { args, options } = setup;
  let loop: Loop | null = null;
  return {
    save,
    run: (main) => {
      const begin = (): unknown => {
        loop = getRunningLoop();
        return main({ args });
      };
      return simulate(begin, { ...options, probes });
    },
    debugs: () => loop?.debug === true,
    progress: () => ({ now: loop?.time() ?? 0, steps: loop?.steps ?? 0 }),
  };
}
