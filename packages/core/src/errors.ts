/**
 * The errors of Tickless: few, flat, each with a stable `code`. Whoever catches one can tell whose
 * mistake it is from the class and what to write instead from the message.
 */

const brand = Symbol.for("tickless.error");

/**
 * What every error of Tickless carries beside its message.
 *
 * @category Errors
 */
export interface ErrorContext {
  /** Virtual time at which it arose; absent outside a run. */
  readonly time?: number | undefined;
  /** Path of the task in which it arose, for example `main/worker-1`; absent outside a task. */
  readonly task?: string | undefined;
  /** What made it arise. */
  readonly cause?: unknown;
}

/**
 * Base of all errors that Tickless itself makes.
 *
 * @category Errors
 */
export class TicklessError extends Error {
  /** Stable across versions: programs compare it, messages may change. */
  readonly code: string;
  /** Virtual time at which it arose. */
  readonly time: number | undefined;
  /** Path of the task in which it arose. */
  readonly task: string | undefined;

  static {
    Object.defineProperty(this.prototype, brand, { value: true });
  }

  constructor(code: string, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = new.target.name;
    this.code = code;
    this.time = context.time;
    this.task = context.task;
  }
}

/**
 * A wait or a task was cancelled. Let it pass, or clean up and rethrow it.
 *
 * @category Cancellation
 */
export class CancelledError extends TicklessError {
  constructor(message = "", context?: ErrorContext) {
    super("ERR_CANCELLED", message, context);
  }
}

/**
 * Makes an error whose stack has no frames: to take them costs several times what all else of a cancellation
 * does, and where this is used all or most of them would be the engine's. Debug mode says where a task waited.
 */
export function withoutFrames<E extends Error>(make: () => E): E {
  const settings = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = settings;
  // Not by assignment: where Error is frozen, it has them.
  Reflect.set(settings, "stackTraceLimit", 0);
  const error = make();
  Reflect.set(settings, "stackTraceLimit", stackTraceLimit);
  return error;
}

/** What a cancelled wait throws. */
export function cancellation(message: string, context?: ErrorContext): CancelledError {
  return withoutFrames(() => new CancelledError(message, context));
}

/**
 * A block under `timeout` did not end in time.
 *
 * @category Cancellation
 */
export class TimeoutError extends TicklessError {
  constructor(message: string, context?: ErrorContext) {
    super("ERR_TIMEOUT", message, context);
  }
}

/**
 * A future was asked for what it does not have yet, or settled twice.
 *
 * @category Errors
 */
export class InvalidStateError extends TicklessError {
  constructor(message: string, context?: ErrorContext) {
    super("ERR_INVALID_STATE", message, context);
  }
}

/**
 * The program uses Tickless in a way that cannot work (asyncio's RuntimeError).
 *
 * @category Errors
 */
export class UsageError extends TicklessError {}

/**
 * A loop reached one of its limits; the message says which and what that probably means.
 *
 * @category Errors
 */
export class LimitError extends TicklessError {
  constructor(message: string, context?: ErrorContext) {
    super("ERR_LIMIT", message, context);
  }
}

/**
 * A probe, for example a recorder, has failed when main had ended already. `cause` is what the probe
 * threw. A probe that fails before that ends the run with what it threw, as main has no outcome then.
 *
 * @category Errors
 */
export class ProbeError<T = unknown> extends TicklessError {
  /** How the program itself had ended: with this value of main. */
  readonly outcome: PromiseFulfilledResult<T>;

  constructor(message: string, outcome: PromiseFulfilledResult<T>, context: ErrorContext) {
    super("ERR_PROBE_FAILED", message, context);
    this.outcome = outcome;
  }
}

/**
 * A plain promise was rejected in a step and nothing had handled it when the step ended.
 *
 * @category Errors
 */
export class UnhandledRejectionError extends TicklessError {
  constructor(message: string, context?: ErrorContext) {
    super("ERR_UNHANDLED_REJECTION", message, context);
  }
}

/**
 * Whether `error` was made by Tickless, whichever copy of a package made it.
 *
 * @category Errors
 */
export function isTicklessError(error: unknown): error is TicklessError {
  return typeof error === "object" && error !== null && brand in error;
}

/**
 * Whether `error` is a cancellation. JavaScript's `catch` catches cancellations too; a handler that
 * must not swallow them starts with `if (isCancelled(error)) throw error;`.
 *
 * @category Cancellation
 */
export function isCancelled(error: unknown): error is CancelledError {
  return isTicklessError(error) && error.code === "ERR_CANCELLED";
}

/** `value` as it stands in a message: `-1 (number)`, `"3" (string)`. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `${JSON.stringify(value)} (string)`;
  if (typeof value === "function") return `${value.name || "an unnamed function"} (function)`;
  if (Array.isArray(value))
    return value.length === 0 ? "an empty array" : `an array of ${value.length}`;
  // The constructor of a generator has no name, and some objects have no constructor.
  if (typeof value === "object") return `${value.constructor?.name || "an object"} (object)`;
  const plain = value as number | bigint | boolean | symbol;
  return `${plain.toString()} (${typeof value})`;
}

function coded<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code });
}

/**
 * The one template for a bad argument: what was expected, what came, what to write.
 *
 * @category For extenders
 */
export function badType(name: string, expected: string, got: unknown, hint = ""): TypeError {
  const message = `Expected \`${name}\` to be ${expected}, got ${shown(got)}.${hint && ` ${hint}`}`;
  return coded(new TypeError(message), "ERR_INVALID_ARG_TYPE");
}

/**
 * As `badType`, for a value of the right type that is out of range.
 *
 * @category For extenders
 */
export function badRange(name: string, expected: string, got: unknown, hint = ""): RangeError {
  const message = `Expected \`${name}\` to be ${expected}, got ${shown(got)}.${hint && ` ${hint}`}`;
  return coded(new RangeError(message), "ERR_OUT_OF_RANGE");
}

/** Two spellings of one name: `maxSize`, `max_size` and `maxsize`. */
function bare(name: string): string {
  return name.replaceAll(/[_-]/g, "").toLowerCase();
}

/** How many letters must be put in, left out or changed to make one word of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column <= other.length; column++) {
      const same = one[line - 1] === other[column - 1] ? 0 : 1;
      const changed = (row[column - 1] as number) + same;
      next.push(Math.min(changed, (row[column] as number) + 1, (next[column - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** The one of `known` that `name` most probably was to be; undefined if none is near. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const given = bare(name);
  let found: string | undefined;
  // More than a third of the letters wrong is another word.
  let least = Math.max(2, Math.floor(given.length / 3));
  for (const other of known) {
    // `start` for `startDate`
    const isBeginning = given.length > 2 && bare(other).startsWith(given);
    const letters = distance(given, bare(other));
    const far = isBeginning ? Math.min(1, letters) : letters;
    if (far < least || (far === least && found === undefined)) [found, least] = [other, far];
  }
  return found;
}

/**
 * Refuses options that are no object, as in `new Queue(2)`, and names of options that there are not, as in
 * `run(main, { sede: 1 })`: both would be without effect, in silence. A name whose value is undefined counts
 * as not given.
 *
 * @param example what to write instead of what is no object
 * @category For extenders
 */
export function checkNames(
  options: unknown,
  known: readonly string[],
  example: string = `Write \`{ ${known[0] ?? ""}: … }\`.`,
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw badType("options", "an object", options, example);
  }
  for (const name in options) {
    if (known.includes(name) || Reflect.get(options, name) === undefined) continue;
    const meant = nearest(name, known);
    const hint = meant === undefined ? "" : ` Did you mean \`${meant}\`?`;
    const all = known.map((other) => `\`${other}\``).join(", ");
    const message = `There is no option \`${name}\`.${hint} There are ${all}.`;
    throw coded(new TypeError(message), "ERR_UNKNOWN_OPTION");
  }
}

/**
 * A finite number of time units; anything else is refused.
 *
 * @category For extenders
 */
export function checkTime(name: string, value: unknown): number {
  if (typeof value !== "number" || Number.isNaN(value)) {
    throw badType(name, "a finite number of time units", value);
  }
  if (!Number.isFinite(value)) {
    throw badRange(
      name,
      "a finite number of time units",
      value,
      "To wait without a limit, await a future.",
    );
  }
  return value;
}

/**
 * An integer not below `min`; Infinity, for a limit that is none, where `unlimited`.
 *
 * @category For extenders
 */
export function checkInteger(name: string, value: unknown, min: number, unlimited = false): number {
  const expected = min === -Infinity ? "an integer" : `an integer ≥ ${min}`;
  if (typeof value !== "number") throw badType(name, expected, value);
  if (unlimited && value === Infinity) return value;
  if (!Number.isInteger(value) || value < min) throw badRange(name, expected, value);
  return value;
}
