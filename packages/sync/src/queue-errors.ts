import { type ErrorContext, TicklessError } from "@tickless/core";

/**
 * `getNowait` on an empty queue.
 *
 * @category Errors
 */
export class QueueEmptyError extends TicklessError {
  constructor(path: string, where?: ErrorContext) {
    super(
      "ERR_QUEUE_EMPTY",
      `Queue \`${path}\` is empty. To wait for an item: \`await queue.get()\`.`,
      where,
    );
  }
}

/**
 * `putNowait` on a full queue.
 *
 * @category Errors
 */
export class QueueFullError extends TicklessError {
  constructor(path: string, where?: ErrorContext) {
    super(
      "ERR_QUEUE_FULL",
      `Queue \`${path}\` is full. To wait for a place: \`await queue.put(item)\`.`,
      where,
    );
  }
}

/**
 * `put` into a queue that was shut down, or `get` from one that was shut down and is empty.
 *
 * @category Errors
 */
export class QueueShutDownError extends TicklessError {
  constructor(path: string, operation: "put" | "get", where?: ErrorContext) {
    const consequence =
      operation === "put"
        ? "so nothing can be put into it any more."
        : "and has no item left. `for await (const item of queue)` ends then; around a `get`, catch this.";
    super("ERR_QUEUE_SHUT_DOWN", `Queue \`${path}\` was shut down, ${consequence}`, where);
  }
}
