import type { Loop, RunResult, SimulateOptions } from "@tickless/core";
import type { Ambience } from "./ambience.ts";
import type { Installation } from "./installation.ts";
import type { Main, ProgramFile } from "./program.ts";
import { notWritable } from "./recording.ts";
import { reproCommand } from "./repro-command.ts";

/** A program that is about to run. */
export interface Simulation {
  readonly run: (main: Main) => Promise<RunResult<unknown>>;
  /** How far it has come. */
  readonly progress: () => { readonly now: number; readonly steps: number };
  /** Path of the task whose step is in progress; null if none is. */
  readonly running: () => string | null;
  /** Whether it is in debug mode, by option or by environment. */
  readonly debugs: () => boolean;
  /** The lines of a report of what each task waits for now, as in a deadlock. */
  readonly waits: () => readonly string[];
  /** Finishes the recording, if there is one, as far as it goes. Answers what the summary says of it. */
  readonly save: () => readonly string[];
  /** Writes down what there is of the recording while a step does not end. Answers in which file. */
  readonly rescue: () => string | null;
  /** The command that takes this course again; null where there is none. */
  readonly repro: () => string | null;
}

/** What there is to know of a simulation before it runs. */
export interface Setup {
  readonly program: ProgramFile;
  readonly args: readonly string[];
  /** Where to write a recording; undefined: nowhere. */
  readonly out: string | undefined;
  readonly options: SimulateOptions;
  /** What main is wrapped in; the recording says it. */
  readonly ambience: Ambience;
}

/** Where a recording goes. */
interface Recording {
  readonly probes: NonNullable<SimulateOptions["probes"]>;
  readonly save: () => readonly string[];
  readonly rescue: () => string | null;
  /** The repro line of the run so far; null where there is none. */
  readonly line: () => string | null;
}

async function recordingOf(
  tickless: Installation,
  { program, args, out, options, ambience }: Setup,
): Promise<Recording> {
  if (out === undefined) {
    const line = await reproLineOf(tickless, options);
    return { probes: [], save: () => [], rescue: () => null, line: () => line };
  }
  const { reproLine } = await tickless.loadTrace();
  const { fileRecorder, programOf, readTrace } = await tickless.loadTraceFiles();
  const asMistake = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw notWritable(out, error);
    }
  };
  // It grows with the run, so that a process that dies leaves what happened.
  const taker = asMistake(() =>
    fileRecorder(out, { program: programOf(program.path, args, ambience), options }),
  );
  const withoutRecording = await reproLineOf(tickless, options);
  let isSaved = false;
  const save = (): readonly string[] => {
    asMistake(() => taker.finish());
    isSaved = true;
    return [`fingerprint ${taker.fingerprint()}`, `recorded in ${out}`];
  };
  const rescue = (): string => {
    taker.flush();
    return taker.path;
  };
  return {
    probes: taker.probes,
    save,
    rescue,
    line: () => {
      try {
        return reproLine(readTrace(isSaved ? out : taker.path));
      } catch {
        // The recording is lost: as without one.
        return withoutRecording;
      }
    },
  };
}

/** The repro line of a run without a recording, in which external calls arrive as they will. */
async function reproLineOf(
  tickless: Installation,
  options: SimulateOptions,
): Promise<string | null> {
  try {
    return (await tickless.loadTrace()).reproLineOf(options);
  } catch {
    // A program that uses core alone runs without the trace package.
    return null;
  }
}

/** Loads what it takes to run a program, with a recorder or without. */
export async function simulationOf(tickless: Installation, setup: Setup): Promise<Simulation> {
  const { getRunningLoop, simulate } = await tickless.loadCore();
  const { waitReport } = await tickless.loadKit();
  const { probes, save, rescue, line } = await recordingOf(tickless, setup);
  const { program, args, options, ambience } = setup;
  let loop: Loop | null = null;
  return {
    save,
    rescue,
    waits: () => (loop === null ? [] : waitReport(loop)),
    repro: () => reproCommand(line(), program.name, args, ambience),
    run: (main) => {
      const begin = (): unknown => {
        loop = getRunningLoop();
        return main({ args });
      };
      return simulate(begin, { ...options, probes });
    },
    debugs: () => loop?.debug === true,
    running: () => {
      const id = loop?.currentTaskId() ?? -1;
      return loop?.tasks.find((task) => task.id === id)?.path ?? null;
    },
    progress: () => ({ now: loop?.time() ?? 0, steps: loop?.steps ?? 0 }),
  };
}
