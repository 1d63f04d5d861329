/// <reference lib="esnext.disposable" preserve="true" />
import { currentScope, driver, inExternal } from "./context.ts";
import { badType, checkNames, UsageError } from "./errors.ts";

/** The variables of whoever has no task: what `Context.run` has entered, and what is outside a run. */
export class Contexts {
  /** The context that `Context.run` on the stack has entered; null while there is none. */
  entered: Context | null = null;
  /** Of code outside all runs, as the context of a thread in Python. */
  readonly outside: Context = new Context();
}

/**
 * Values of context variables (contextvars.Context). Every task has its own, a copy of that of the
 * code that made it; callbacks run in a copy taken when they were scheduled.
 *
 * @category Context
 */
export class Context {
  /** Replaced when it is shared with a copy, so that copying costs nothing (null: no variable is set). */
  #values: Map<ContextVar<unknown>, unknown> | null = null;
  #shared = false;
  #entered = false;

  /**
   * Runs `fn(...args)` with this as the current context, and answers what it returns. What an async
   * function does after its first await runs in the context of its task: give that one the context,
   * `createTask(body, { context })`.
   *
   * @throws UsageError if the context is entered already (`ERR_CONTEXT_ENTERED`)
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    if (typeof fn !== "function") throw badType("fn", "a function", fn);
    const contexts = theContexts();
    if (this.#entered || currentContext() === this) {
      throw new UsageError(
        "ERR_CONTEXT_ENTERED",
        "This context is entered already: it is that of the running code. Run a copy of it: " +
          "`context.copy().run(…)`.",
      );
    }
    const around = contexts.entered;
    contexts.entered = this;
    this.#entered = true;
    try {
      return fn(...args);
    } finally {
      contexts.entered = around;
      this.#entered = false;
    }
  }

  /** The value of `variable` here; `fallback` where it has none. The variable's default is not looked at. */
  get<T>(variable: ContextVar<T>): T | undefined;
  get<T, F>(variable: ContextVar<T>, fallback: F): T | F;
  get<T, F>(variable: ContextVar<T>, fallback?: F): T | F | undefined {
    return this.has(variable) ? (this.#values?.get(variable) as T) : fallback;
  }

  /** Whether `variable` has a value here. */
  has(variable: ContextVar<unknown>): boolean {
    return this.#values?.has(variable) === true;
  }

  /** A context with the same values. */
  copy(): Context {
    const copy = new Context();
    if (this.#values === null) return copy;
    copy.#values = this.#values;
    copy.#shared = true;
    this.#shared = true;
    return copy;
  }

  /** @internal */
  get isEmpty(): boolean {
    return this.#values === null || this.#values.size === 0;
  }

  /** @internal */
  assign(variable: ContextVar<unknown>, value: unknown): void {
    this.#own().set(variable, value);
  }

  /** @internal */
  remove(variable: ContextVar<unknown>): void {
    this.#own().delete(variable);
  }

  #own(): Map<ContextVar<unknown>, unknown> {
    if (this.#values === null || this.#shared) this.#values = new Map(this.#values);
    this.#shared = false;
    return this.#values;
  }
}

/**
 * What `ContextVar.set` answers, for `reset`; or `using token = variable.set(value)`, which resets at
 * the end of the block.
 *
 * @category Context
 */
export class Token<T> {
  /** The variable that was set. */
  readonly variable: ContextVar<T>;
  /** Its value before; undefined if it had none. */
  readonly oldValue: T | undefined;
  /** @internal */
  readonly context: Context;
  /** @internal Whether the variable had a value before. */
  readonly wasSet: boolean;
  /** @internal */
  used = false;

  /** @internal */
  constructor(variable: ContextVar<T>, context: Context) {
    this.variable = variable;
    this.context = context;
    this.wasSet = context.has(variable);
    this.oldValue = context.get(variable);
  }

  /** Resets the variable. */
  [Symbol.dispose](): void {
    this.variable.reset(this);
  }
}

/**
 * A variable with a value for each task, which tasks and callbacks inherit from the code that makes
 * them (contextvars.ContextVar): a request's id, a transaction. Make it once, outside the run.
 *
 * ```ts
 * import { ContextVar, createTask, run } from "@tickless/core";
 *
 * const request = new ContextVar<string>("request", { default: "none" });
 * await run(async () => {
 *   request.set("r1");
 *   const task = createTask(async () => {
 *     console.log(request.get()); // => r1
 *     request.set("r2");
 *   });
 *   await task;
 *   console.log(request.get()); // => r1
 * });
 * ```
 *
 * @category Context
 */
export class ContextVar<T> {
  /** Its name, for messages. */
  readonly name: string;
  readonly #default: { readonly value: T } | null;

  /** @param options `default`: what `get` answers where the variable has no value */
  constructor(name: string, options: { readonly default?: T } = {}) {
    if (typeof name !== "string") throw badType("name", "a string", name);
    checkNames(options, ["default"]);
    this.name = name;
    this.#default = "default" in options ? { value: options.default } : null;
  }

  /**
   * The value in the current context; else `fallback`, if it is given; else the default.
   *
   * @throws UsageError if there is none of these (`ERR_NO_VALUE`)
   */
  get(): T;
  get<F>(fallback: F): T | F;
  get(...fallback: readonly [unknown?]): unknown {
    const context = currentContext();
    if (context !== null && context.has(this)) return context.get(this);
    if (fallback.length > 0) return fallback[0];
    if (this.#default !== null) return this.#default.value;
    throw new UsageError(
      "ERR_NO_VALUE",
      `Context variable \`${this.name}\` has no value here. Set it, give \`get\` a fallback, or the ` +
        "variable a default.",
    );
  }

  /** Gives it a value in the current context. The token takes that back: `reset(token)`. */
  set(value: T): Token<T> {
    const context = changingContext(this.name);
    const token = new Token<T>(this, context);
    context.assign(this, value);
    return token;
  }

  /**
   * Gives it the value that it had before the `set` that answered `token`.
   *
   * @throws UsageError if `token` was used, or is of another variable or context (`ERR_CONTEXT_TOKEN`)
   */
  reset(token: Token<T>): void {
    if (!(token instanceof Token)) throw badType("token", "what `set` answered", token);
    const context = changingContext(this.name);
    if (token.used) throw this.#badToken("has been used once already");
    if (token.variable !== this) throw this.#badToken(`is of variable \`${token.variable.name}\``);
    if (token.context !== context) throw this.#badToken("was made in another context");
    token.used = true;
    if (token.wasSet) context.assign(this, token.oldValue);
    else context.remove(this);
  }

  #badToken(why: string): UsageError {
    return new UsageError(
      "ERR_CONTEXT_TOKEN",
      `The token ${why}, so it cannot reset \`${this.name}\`. Reset it once, in the task that set it.`,
    );
  }
}

function theContexts(): Contexts {
  return (driver.contexts ??= new Contexts());
}

/** The context of the running code; null where it has no variables. */
function currentContext(): Context | null {
  const { contexts, loop } = driver;
  if (contexts === null) return null;
  if (contexts.entered !== null) return contexts.entered;
  const scope = currentScope();
  if (scope !== null) return scope.task.context;
  return loop === null || inExternal() ? contexts.outside : loop.callbackContext;
}

/** As `currentContext`, for a change: there is one. */
function changingContext(name: string): Context {
  const contexts = theContexts();
  if (contexts.entered !== null) return contexts.entered;
  if (inExternal()) {
    throw new UsageError(
      "ERR_IN_EXTERNAL",
      `Context variable \`${name}\` was changed by a function given to \`external\`. That function is ` +
        "not part of the run, and a replay does not call it: let it return the value.",
    );
  }
  const scope = currentScope();
  if (scope !== null) return (scope.task.context ??= new Context());
  const { loop } = driver;
  return loop === null ? contexts.outside : (loop.callbackContext ??= new Context());
}

/** The context that a task or callback made now begins with; null where there are no variables. */
export function inheritedContext(): Context | null {
  if (driver.contexts === null) return null;
  const context = currentContext();
  return context === null || context.isEmpty ? null : context.copy();
}

/**
 * A copy of the context of the running code.
 *
 * @category Context
 */
export function copyContext(): Context {
  return inheritedContext() ?? new Context();
}

/** Runs `fn` with the variables of `task`; without a task, with those of whatever code is running. */
export function inContextOf(task: { context: Context | null } | undefined, fn: () => void): void {
  const { contexts } = driver;
  if (contexts === null || task === undefined) {
    fn();
    return;
  }
  const around = contexts.entered;
  contexts.entered = task.context ??= new Context();
  try {
    fn();
  } finally {
    contexts.entered = around;
  }
}

/** Refuses what is no context. */
export function checkContext(context: unknown): void {
  if (context === undefined || context instanceof Context) return;
  throw badType("context", "a Context", context, "`copyContext()` gives one.");
}
