import type { Future } from "./future.ts";
import type { Loop } from "./loop.ts";
import type { ExceptionContext } from "./options.ts";
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
  /** In debug mode: coroutines that nobody has used yet. */
  readonly #unused = new Set<{ readonly label: string }>();

  constructor(loop: Loop) {
    this.#loop = loop;
    this.handler = loop.settings.exceptionHandler ?? null;
  }

  /** Hands `context` to the handler, or prints it. */
  call(context: ExceptionContext): void {
    if (this.handler === null) {
      this.#print(context);
      return;
    }
    try {
      this.handler(this.#loop, context);
    } catch (error) {
      this.#print({ message: "Unhandled error in exception handler", exception: error });
    }
  }

  raised(future: Future<unknown>): void {
    this.#raised.add(future);
  }

  seen(future: Future<unknown>): void {
    this.#raised.delete(future);
  }

  created(coroutine: { readonly label: string }): void {
    this.#unused.add(coroutine);
  }

  used(coroutine: { readonly label: string }): void {
    this.#unused.delete(coroutine);
  }

  /** Reports, in order, what is left over: asyncio does so when garbage is collected (FUT-09). */
  flush(): void {
    const unused = [...this.#unused];
    const raised = [...this.#raised];
    this.#unused.clear();
    this.#raised.clear();
    for (const { label } of unused) {
      const message = `${label} was never awaited, so it has not run. Write \`await\` or \`yield*\`, or make a task of it.`;
      this.call({ message });
    }
    for (const future of raised) {
      const isTask = future instanceof Task;
      this.call({
        message: `${isTask ? "Task" : "Future"} exception was never retrieved: ${future.path}`,
        exception: future.error,
        future,
        ...(isTask && { task: future }),
      });
    }
  }

  #print(context: ExceptionContext): void {
    const { message, exception } = context;
    this.#loop.settings.log(exception === undefined ? message : `${message}\n${textOf(exception)}`);
  }
}
