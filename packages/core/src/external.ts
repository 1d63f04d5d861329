import { outside } from "./context.ts";
import { badType, checkNames, UsageError } from "./errors.ts";
import { newAbortController, type Signal } from "./host.ts";
import { type Codec, json } from "./json-codec.ts";
import type { Arrivals } from "./kernel.ts";
import type { Loop } from "./loop.ts";
import type { Coroutine } from "./suspension.ts";
import { Wait, type WaitSource, type WaitSubject } from "./wait.ts";

/**
 * Options of `external`.
 *
 * @category Running
 */
export interface ExternalOptions<T> {
  /** false: delivered when it arrives, not in the order of the calls. Default: true. */
  readonly ordered?: boolean | undefined;
  /** Default: JSON. */
  readonly codec?: Codec<T> | undefined;
}

/** The calls of one loop that are in flight. */
export class ExternalCalls implements Arrivals {
  readonly #loop: Loop;
  readonly #calls: ExternalCall<unknown>[] = [];
  #count = 0;
  #arrivals = 0;
  /** The call that the policy picked and that has not arrived. */
  #picked: ExternalCall<unknown> | null = null;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  get waiting(): boolean {
    return this.#calls.some((call) => call.real);
  }

  add(call: ExternalCall<unknown>): number {
    this.#calls.push(call);
    return this.#count++;
  }

  remove(call: ExternalCall<unknown>): void {
    const index = this.#calls.indexOf(call);
    if (index >= 0) this.#calls.splice(index, 1);
    if (this.#picked === call) this.#picked = null;
  }

  nextArrival(): number {
    return this.#arrivals++;
  }

  deliver(): boolean {
    const oldest = this.#calls.find((call) => call.ordered);
    const options = this.#calls.filter((call) => call === oldest || !call.ordered);
    const call = options.length < 2 ? options[0] : this.#pick(options);
    if (call === undefined || !call.arrived) return false;
    if (options.length > 1) {
      this.#loop.observer?.choice("external", options.length, options.indexOf(call));
    }
    this.remove(call);
    call.deliver();
    return true;
  }

  #pick(options: readonly ExternalCall<unknown>[]): ExternalCall<unknown> | undefined {
    const { policy } = this.#loop.settings;
    if (policy === null) {
      return options
        .filter((call) => call.arrived)
        .toSorted((one, other) => one.arrival - other.arrival)[0];
    }
    this.#picked ??=
      options[
        this.#loop.ask(policy, "external", options.length, (i) => options[i]?.taskId ?? -1)
      ] ?? null;
    return this.#picked ?? undefined;
  }
}

/** One call, and the source of the wait for it. */
class ExternalCall<T> implements WaitSource<T> {
  readonly ordered: boolean;
  arrival = -1;
  /** False in a replay: what has not come will not come. */
  real = true;
  readonly #fn: (signal: Signal) => PromiseLike<T> | T;
  readonly #codec: Codec<T>;
  readonly #controller = newAbortController();
  #wait: Wait<T> | null = null;
  #number = -1;
  #encoded: string | null = null;

  constructor(fn: (signal: Signal) => PromiseLike<T> | T, options: ExternalOptions<T>) {
    this.#fn = fn;
    this.ordered = options.ordered ?? true;
    this.#codec = options.codec ?? (json as Codec<T>);
  }

  get arrived(): boolean {
    return this.#encoded !== null;
  }

  get taskId(): number {
    return this.#wait?.taskId ?? -1;
  }

  label(): string {
    return "external(…)";
  }

  subject(): WaitSubject {
    return { kind: "external", id: -1, detail: `call ${this.#number}` };
  }

  /** Hands the outcome over. */
  deliver(): void {
    const wait = this.#wait as Wait<T>;
    wait.task.loop.observer?.external(wait.cause, this.#number, this.#encoded as string);
    wait.wake();
  }

  attempt(wait: Wait<T>, woken: boolean): boolean {
    if (!woken) {
      this.#start(wait);
      return false;
    }
    const text = this.#encoded as string;
    if (text.startsWith("v")) {
      wait.value = this.#codec.decode(text.slice(1));
      return true;
    }
    throw errorFrom(JSON.parse(text.slice(1)) as PlainError);
  }

  withdraw(wait: Wait<T>): void {
    callsOf(wait.task.loop).remove(this);
    this.#controller.abort();
  }

  #start(wait: Wait<T>): void {
    const { loop } = wait.task;
    if (loop.sync) {
      throw new UsageError(
        "ERR_ASYNC_IN_SYNC",
        "`external` waits for real time, which `runSync` and `simulateSync` cannot. Use `run`.",
        { time: loop.now, task: wait.task.path },
      );
    }
    this.#wait = wait;
    this.#number = callsOf(loop).add(this);
    const recorded = loop.settings.policy?.external?.(this.#number);
    this.real = recorded === undefined;
    if (typeof recorded === "string") this.#arrive(loop, recorded);
    if (!this.real) return;
    void outside(() => this.#call(loop));
  }

  async #call(loop: Loop): Promise<void> {
    try {
      const value = await this.#fn(this.#controller.signal);
      this.#arrive(loop, `v${this.#encode(value)}`);
    } catch (error) {
      this.#arrive(loop, `e${JSON.stringify(plainError(error))}`);
    }
  }

  #arrive(loop: Loop, encoded: string): void {
    this.#encoded = encoded;
    this.arrival = callsOf(loop).nextArrival();
    loop.rouse();
  }

  #encode(value: T): string {
    const text: unknown = this.#codec.encode(value);
    if (typeof text === "string") return text;
    throw badType(
      "external result",
      "a value that its codec turns into text",
      value,
      "A codec turns a value into text.",
    );
  }
}

function callsOf(loop: Loop): ExternalCalls {
  return loop.externals((its) => new ExternalCalls(its));
}

/** What is kept of an error that leaves `external`, and of the error that caused it. */
interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly cause?: PlainError;
}

function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    name,
    message,
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(cause !== undefined && { cause: plainError(cause) }),
  };
}

function errorFrom({ name, message, code, cause }: PlainError): Error {
  const options = cause === undefined ? undefined : { cause: errorFrom(cause) };
  return Object.assign(new Error(message, options), { name, ...(code !== undefined && { code }) });
}

/**
 * Brings something real into a run: I/O, a worker, a library with timers of its own. Virtual time
 * stands still until it has answered. What it answers goes through a codec, is recorded, and comes
 * from the trace in a replay, in which `fn` is not called.
 *
 * ```ts
 * import { external, now, run, sleep } from "@tickless/core";
 *
 * await run(async () => {
 *   await sleep(5);
 *   const answer = await external(async () => ({ status: 200 }));
 *   console.log(answer.status, now()); // => 200 5
 * });
 * ```
 *
 * @param fn gets an AbortSignal that aborts when the wait is cancelled
 * @category Running
 */
export function external<T>(
  fn: (signal: Signal) => PromiseLike<T> | T,
  options: ExternalOptions<T> = {},
): Coroutine<T> {
  if (typeof fn !== "function") {
    throw badType("fn", "a function", fn, "`external(() => fetch(url))`.");
  }
  checkNames(options, ["ordered", "codec"]);
  return new Wait(new ExternalCall(fn, options));
}
