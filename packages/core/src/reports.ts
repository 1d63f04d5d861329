import { inContextOf } from "./context-var.ts";
import type { Future } from "./future.ts";
import type { StopReason } from "./kernel.ts";
import { leftOver, neverUsed } from "./left-over.ts";
import type { Loop } from "./loop.ts";
import type { ExceptionContext } from "./options.ts";
import { noted, whereText } from "./place.ts";
import { Task } from "./task.ts";

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}

/** What no code of the program can catch, on its way to the exception handler. */
export class Reports {
  handler: ((loop: Loop, context: ExceptionContext) => void) | null;
  readonly #loop: Loop;
  /** Futures that have raised, in the order in which they did. */
  readonly #raised = new Set<Future<unknown>>();

  constructor(loop: Loop) {
    this.#loop = loop;
    this.handler = loop.settings.exceptionHandler ?? null;
  }

  /** Hands `context` to the handler, with the variables of the task concerned, or prints it. */
  call(context: ExceptionContext): void {
    const { handler } = this;
    if (handler === null) {
      this.#print(context);
      return;
    }
    try {
      inContextOf(context.task, () => handler(this.#loop, context));
    } catch (error) {
      this.#print({ message: "Unhandled error in exception handler", exception: error });
    }
  }

  /**
   * Writes down what debug mode has to say. No handler of the program learns of it: what it would do
   * about it would make the run another one (rule S8).
   */
  note(message: string, ...places: readonly string[]): void {
    if (this.#loop.debugMode?.quiet === true) return;
    this.#print({ message, ...noted(...places) });
  }

  raised(future: Future<unknown>): void {
    this.#raised.add(future);
  }

  seen(future: Future<unknown>): void {
    this.#raised.delete(future);
  }

  /** Whether nobody has looked at the exception of `future` yet. */
  isUnseen(future: Future<unknown>): boolean {
    return this.#raised.has(future);
  }

  /**
   * Reports, in order, what is left over: asyncio does so when garbage is collected (FUT-09).
   *
   * @param reason why the run ended; null: the loop is closed by hand
   */
  flush(reason: StopReason | null): void {
    const { debugMode } = this.#loop;
    const raised = [...this.#raised];
    this.#raised.clear();
    if (debugMode !== null) for (const note of neverUsed(debugMode)) this.note(...note);
    for (const future of raised) {
      const isTask = future instanceof Task;
      this.call({
        message: `${isTask ? "Task" : "Future"} exception was never retrieved: ${future.path}`,
        exception: future.error,
        future,
        ...(isTask && { task: future }),
        ...noted(whereText("It was created", debugMode?.placeMade(future))),
      });
    }
    if (debugMode === null) return;
    for (const note of leftOver(this.#loop, debugMode, reason)) this.note(...note);
  }

  #print(context: ExceptionContext): void {
    const { message, exception, where } = context;
    const lines = [message];
    if (exception !== undefined) lines.push(textOf(exception));
    if (where !== undefined) lines.push(where);
    try {
      this.#loop.settings.log(lines.join("\n"));
    } catch (error) {
      // Thrown on, it would end whatever has something to report half done.
      this.#loop.fail(error);
    }
  }
}
