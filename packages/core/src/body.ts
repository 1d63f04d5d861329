import type { Body } from "./coroutine.ts";
import { isFuture } from "./future.ts";
import type { Steps } from "./flow.ts";
import type { Coroutine } from "./suspension.ts";

/** Refuses what cannot become a task, and says what to write. */
function badBody(body: unknown): TypeError {
  const isPromise = typeof (body as PromiseLike<unknown> | null)?.then === "function";
  return Object.assign(
    new TypeError(
      isPromise
        ? "A promise was given where a task is to be made, but the body of a promise has begun already. " +
            "Give the function itself: `createTask(() => work(1))`."
        : `Expected a task's body to be a function, a generator or a coroutine, got ${String(body)}. ` +
            "Write `createTask(async () => { … })`.",
    ),
    { code: isPromise ? "ERR_PROMISE_AS_BODY" : "ERR_INVALID_ARG_TYPE" },
  );
}

/** A task body as `Start` takes it. */
export function bodyOf<T>(body: Body<T> | Steps | Coroutine<T>): Body<T> | Steps {
  if (typeof body === "function") return body;
  if (typeof body !== "object" || body === null || isFuture(body)) throw badBody(body);
  if ("next" in body && typeof body.next === "function") return body;
  if (Symbol.iterator in body && "toPromise" in body) return body[Symbol.iterator]();
  throw badBody(body);
}
