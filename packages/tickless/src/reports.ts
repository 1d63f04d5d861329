import type { ExceptionContext, Loop } from "@tickless/core";

/**
 * Counts the exceptions that no code of the program can catch: of tasks that nobody has looked at,
 * and of callbacks. They are printed as without it; a program that sets a handler of its own takes
 * them over.
 */
export class ExceptionCount {
  count = 0;

  /** To be given to the loop. A bound function, since the loop calls it alone. */
  readonly handler = (loop: Loop, context: ExceptionContext): void => {
    // Debug mode reports what is no failure; that has no exception.
    if ("exception" in context) this.count++;
    loop.setExceptionHandler(null);
    loop.callExceptionHandler(context);
    loop.setExceptionHandler(this.handler);
  };
}
