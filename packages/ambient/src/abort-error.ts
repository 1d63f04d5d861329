/** What a promise of `node:timers/promises` is rejected with when its signal aborts (lib/internal/errors.js). */
export class AbortError extends Error {
  readonly code = "ABORT_ERR";

  constructor(cause: unknown) {
    super("The operation was aborted", { cause });
    this.name = "AbortError";
  }
}
