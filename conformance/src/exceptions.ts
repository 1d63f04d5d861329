import { CancelledError, isCancelled } from "@tickless/core";

/** asyncio's classes as the scenarios name them, each with the class above it. */
const parents: { readonly [name: string]: string } = {
  CancelledError: "BaseException",
  SystemExit: "BaseException",
  KeyboardInterrupt: "BaseException",
  Exception: "BaseException",
  ValueError: "Exception",
  TypeError: "Exception",
  KeyError: "Exception",
  AssertionError: "Exception",
  RuntimeError: "Exception",
  BrokenBarrierError: "RuntimeError",
  TimeoutError: "Exception",
  InvalidStateError: "Exception",
  QueueEmpty: "Exception",
  QueueFull: "Exception",
  QueueShutDown: "Exception",
  CustomError: "Exception",
  ExceptionGroup: "Exception",
  Deadlock: "Exception",
};

/** What asyncio calls the errors that Tickless makes. */
const asyncioNames: { readonly [name: string]: string } = {
  TimeoutError: "TimeoutError",
  InvalidStateError: "InvalidStateError",
  UsageError: "RuntimeError",
  BrokenBarrierError: "BrokenBarrierError",
  DeadlockError: "Deadlock",
  QueueEmptyError: "QueueEmpty",
  QueueFullError: "QueueFull",
  QueueShutDownError: "QueueShutDown",
  AggregateError: "ExceptionGroup",
  RangeError: "ValueError",
  TypeError: "TypeError",
};

/** An exception that the scenario or the interpreter raised; the engine only carries it. */
export class ScenarioError extends Error {
  readonly className: string;

  constructor(className: string, message = "") {
    super(message);
    this.className = className;
  }
}

/** The scenario needs something that Tickless or this interpreter does not have yet. */
export class UnsupportedError extends Error {
  override readonly name: string = "UnsupportedError";

  constructor(what: string) {
    super(`unsupported ${what}`);
  }
}

/** What `["raise", className, message]` throws. */
export function exception(className: string, message = ""): Error {
  return className === "CancelledError"
    ? new CancelledError(message)
    : new ScenarioError(className, message);
}

/**
 * asyncio's name for the class of `error`. An error without one is a bug, of the engine or of this
 * interpreter: no handler of a scenario takes it, and the log shows it with a question mark.
 */
function classOf(error: unknown): string | undefined {
  if (error instanceof ScenarioError) return error.className;
  if (isCancelled(error)) return "CancelledError";
  if (error instanceof Error && "code" in error) return asyncioNames[error.name];
  return undefined;
}

/** Whether a handler for `classes` takes `error`. */
export function matches(error: unknown, classes: string | readonly string[]): boolean {
  const wanted = typeof classes === "string" ? [classes] : classes;
  for (let name = classOf(error); name !== undefined; name = parents[name]) {
    if (wanted.includes(name)) return true;
  }
  return false;
}

/** How the log writes `error`: only messages that the scenario chose are part of it. */
export function format(error: unknown): string {
  const name = classOf(error);
  if (name === undefined) return `?${String(error)}`;
  if (error instanceof AggregateError) return `${name}[${error.errors.map(format).join(",")}]`;
  const chosen = error instanceof ScenarioError || isCancelled(error) ? error.message : "";
  return chosen === "" ? name : `${name}:${chosen}`;
}
