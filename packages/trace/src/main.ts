import type { Coroutine, NoPlainYield } from "@tickless/core";

/** A program as `simulate` takes it: an async, generator or plain function, or a coroutine. */
export type Main<R> = ((() => R) & NoPlainYield<R>) | Coroutine<R>;
