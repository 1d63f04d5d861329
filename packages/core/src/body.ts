import { Call } from "./call.ts";
import type { Body } from "./coroutine.ts";
import { checkContext } from "./context-var.ts";
import { badType, checkNames } from "./errors.ts";
import type { Steps } from "./flow.ts";
import { isFuture } from "./future.ts";
import { checkName } from "./names.ts";
import { checkSignal } from "./options.ts";
import type { Coroutine } from "./suspension.ts";
import type { TaskOptions } from "./task.ts";

/** Refuses what cannot become a task, and says what to write. */
function badBody(caller: string, body: unknown): TypeError {
  const example = `\`${caller}(async () => { … })\``;
  if (isFuture(body)) {
    return coded(
      "A future or task was given where a task is to be made, but it has begun already. Await it, or " +
        "use `ensureFuture(future)`, which answers a future as it is.",
    );
  }
  if (typeof (body as PromiseLike<unknown> | null)?.then === "function") {
    return coded(
      "A promise was given where a task is to be made, but the body of a promise has begun already. " +
        `Give the function itself: ${example}.`,
    );
  }
  return badType("body", "a function, a generator or a coroutine", body, `Write ${example}.`);
}

function coded(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_PROMISE_AS_BODY" });
}

/** A task body as a task takes it. `caller` is what the user has called, for the message. */
export function bodyOf<T>(body: Body<T> | Steps | Coroutine<T>, caller: string): Body<T> | Steps {
  if (typeof body === "function") return body;
  if (typeof body !== "object" || body === null || isFuture(body)) throw badBody(caller, body);
  if ("next" in body && typeof body.next === "function") return body;
  // Not the wait of the task that is running: another one is going to wait by it.
  if (body instanceof Call) return body.toWait();
  if (Symbol.iterator in body && "toPromise" in body) return body[Symbol.iterator]();
  throw badBody(caller, body);
}

const TASK_OPTIONS: readonly (keyof TaskOptions)[] = ["name", "signal", "context"];

/** Refuses options that no task has, before there is a task. */
export function checkTaskOptions(options: TaskOptions): void {
  checkNames(options, TASK_OPTIONS);
  checkName(options.name);
  checkSignal(options.signal);
  checkContext(options.context);
}
