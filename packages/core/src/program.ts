import type { Body, FlowOf } from "./coroutine.ts";
import { deadlockError } from "./deadlock.ts";
import { LimitError, ProbeError, UsageError } from "./errors.ts";
import type { StopReason } from "./kernel.ts";
import type { Loop } from "./loop.ts";
import type { Coroutine } from "./suspension.ts";
import type { Task } from "./task.ts";

/** What can be main. */
export type Main<T> = Body<T> | Coroutine<T> | FlowOf<T>;

/** A loop with its main task. */
export interface Program<T> {
  readonly loop: Loop;
  readonly main: Task<T>;
}

function rejected(reason: unknown): PromiseRejectedResult {
  return { status: "rejected", reason };
}

function settled<T>(outcome: () => T): PromiseSettledResult<T> {
  try {
    return { status: "fulfilled", value: outcome() };
  } catch (error) {
    return rejected(error);
  }
}

/**
 * Something has failed the run. Where main had ended by then and it was a probe that failed, what main
 * did is not lost: what it threw comes first, and its value goes with the error.
 */
function failed<T>({ loop, main }: Program<T>, error: unknown): PromiseSettledResult<T> {
  if (!loop.halted || !main.done()) return rejected(error);
  const own = settled(() => main.result());
  if (own.status === "rejected") return own;
  const why = error instanceof Error ? error.message : String(error);
  return rejected(
    new ProbeError(
      "A probe failed when main had ended, so the run counts as failed and a recording of it may " +
        `be incomplete: ${why.replace(/\.?$/, ".")} What main returned is in \`outcome\` of this error.`,
      own,
      { time: loop.now, cause: error },
    ),
  );
}

/** Why the program ended: what the kernel cannot know, since it does not know main. */
export function reasonOf(
  { loop, main }: Program<unknown>,
  reason: StopReason,
  until: boolean,
): StopReason {
  if (reason === "error" || reason === "limit") return reason;
  if (loop.failure !== null) return "error";
  if (main.done() && (main.raised || main.cancelled())) return "error";
  if (reason === "until") return reason;
  if (!main.done()) return reason === "exhausted" ? "deadlock" : reason;
  return until ? reason : "done";
}

/** What `run` settles with; undefined if main has not ended and nothing is wrong. */
export function outcomeOf<T>(
  program: Program<T>,
  reason: StopReason,
): PromiseSettledResult<T> | undefined {
  const { loop, main } = program;
  if (loop.failure !== null) return failed(program, loop.failure.error);
  if (main.done()) return settled(() => main.result());
  if (reason === "deadlock") return rejected(deadlockError(loop));
  return undefined;
}

/**
 * Concludes the run; `outcome` is how it had ended. Answers what that is in the end: a probe may fail at
 * the very end, and what failed in the shutdown fails a run that was fine until then.
 */
export function conclude<T>(
  program: Program<T>,
  outcome: PromiseSettledResult<T> | undefined,
  reason: StopReason,
): PromiseSettledResult<T> | undefined {
  const { loop } = program;
  loop.conclude(reason);
  const { failure } = loop;
  if (failure === null || outcome?.status === "rejected") return outcome;
  return failed(program, failure.error);
}

/**
 * What main threw is what the user must see first, so that is the outcome; but what failed after that must
 * not stay untold: a probe, whose recording is not whole, or a callback that ran while tasks cleaned up.
 */
export function tellOfSecond(loop: Loop, outcome: PromiseSettledResult<unknown> | undefined): void {
  const { failure, halted } = loop;
  if (failure === null || outcome?.status !== "rejected") return;
  const { reason } = outcome;
  if (reason === failure.error || reason instanceof ProbeError) return;
  // A limit that was reached, or a policy that answers nonsense, is that once more for who cleans up.
  const repeats = failure.error instanceof LimitError || failure.error instanceof UsageError;
  if (!halted && repeats) return;
  loop.callExceptionHandler({
    message: `${halted ? "A probe" : "Something else"} failed when the run had failed already, at ${loop.at()}`,
    exception: failure.error,
  });
}
