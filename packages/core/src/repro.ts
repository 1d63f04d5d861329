import { TicklessError } from "./errors.ts";
import type { Loop } from "./loop.ts";
import type { RunOptions } from "./options.ts";
import type { Policy } from "./policy.ts";

/**
 * How to take the course of a failed run again, told by whoever knows how that is written: the package
 * that replays, which core does not import. Nothing of it is asked while a run goes on.
 *
 * @category For extenders
 */
export interface Repros {
  /** A policy that chooses as `policy` does and keeps what it has chosen. */
  keep(policy: Policy): Policy;
  /**
   * The lines that a failure of a run with `options` ends with; their policy is what `keep` has made.
   * null: there is no way to take the same course again.
   */
  lines(options: RunOptions): string | null;
}

let repros: Repros | null = null;

/**
 * Says who tells of a failed `run` or `runSync` how to take it again (rule S10.17). The last one counts.
 *
 * @category For extenders
 */
export function tellRepros(by: Repros): void {
  repros = by;
}

/** `options`, with a policy of which it will be known what it has chosen. */
export function reproducible(options: RunOptions): RunOptions {
  const policy: unknown = (options as RunOptions | null)?.policy;
  // What is no policy is refused where options are checked.
  if (repros === null || typeof (policy as Policy | undefined)?.choose !== "function") {
    return options;
  }
  return { ...options, policy: repros.keep(policy as Policy) };
}

/** With which the engine ends a run. */
const ENDS = new Set(["ERR_DEADLOCK", "ERR_LIMIT", "ERR_UNHANDLED_REJECTION"]);

/**
 * Tells how to take a failed run again: an error of the engine's own ends with it; of what main has
 * thrown, which stays as it is, debug mode logs it. Nothing is told where the course hung on more than
 * the program and its options: results of `external`, a signal from outside, a probe that has failed.
 */
export function tellRepro(
  loop: Loop,
  error: unknown,
  options: RunOptions,
  mainThrew: boolean,
): void {
  if (repros === null || loop.halted || loop.calledOut || options.signal?.aborted === true) return;
  // What main throws code of the program has had in hands, also where it is an error of Tickless.
  const own = !mainThrew && error instanceof TicklessError && ENDS.has(error.code);
  if (!own && !(mainThrew && loop.debug)) return;
  const lines = repros.lines(options);
  if (lines === null) return;
  if (own) endWith(error, lines);
  else loop.settings.log(`Main has thrown, at ${loop.at()}.\n${lines}`);
}

/** V8 has copied the message into the stack when the error was made. */
function endWith(error: TicklessError, lines: string): void {
  const { message, stack } = error;
  error.message = `${message}\n\n${lines}`;
  if (stack?.includes(message) === true) {
    error.stack = stack.replace(message, () => error.message);
  }
}
