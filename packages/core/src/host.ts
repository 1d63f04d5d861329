/**
 * All that Tickless takes from its host, captured at load so that globals patched later (fake
 * timers, the ambient package) cannot reach the loop. Core compiles without the types of Node and
 * of the DOM; what it needs of them is described here and nowhere else.
 */

/**
 * The part of AbortSignal that is used; any implementation will do.
 *
 * @category Cancellation
 */
export interface AbortSignalLike {
  /** Whether it has aborted. */
  readonly aborted: boolean;
  /** What it was aborted with. */
  readonly reason: unknown;
  /** Calls `listener` when it aborts. */
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  /** Takes a listener back. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * The host's AbortSignal type where it has one, else the part of it that Tickless uses.
 *
 * @category Cancellation
 */
export type Signal = typeof globalThis extends {
  /** The host's class. */
  AbortSignal: {
    /** What its instances are. */
    prototype: infer S;
  };
}
  ? S
  : AbortSignalLike;

interface AbortControllerLike {
  readonly signal: Signal;
  abort(reason?: unknown): void;
}

/** The part of node's AsyncLocalStorage that is used. */
export interface Storage<T> {
  getStore(): T | undefined;
  run<R>(store: T | undefined, body: () => R): R;
  enterWith(store: T | undefined): void;
}

/** The part of node's AsyncResource that is used: it runs things in the frame of storages in which it was made. */
export interface Frame {
  runInAsyncScope<R>(body: () => R): R;
}

interface AsyncHooks {
  readonly AsyncLocalStorage: new <T>() => Storage<T>;
  readonly AsyncResource: new (type: string) => Frame;
}

type Listener = (...values: unknown[]) => void;

interface ProcessLike {
  _tickCallback?: () => void;
  getBuiltinModule?: (name: string) => unknown;
  env?: Record<string, string | undefined>;
  rawListeners?: (event: string) => Listener[];
  removeAllListeners?: (event: string) => void;
  on?: (event: string, listener: Listener) => void;
  off?: (event: string, listener: Listener) => void;
}

interface Port {
  addEventListener(type: "message", listener: () => void): void;
  start(): void;
  postMessage(message: unknown): void;
}

interface Host {
  readonly process?: ProcessLike;
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly MessageChannel?: new () => { port1: Port; port2: Port };
  readonly performance: { now(): number };
  readonly console: { error(message: string): void };
  readonly AbortController: new () => AbortControllerLike;
}

const host = globalThis as unknown as Host;
const performance = host.performance;
const wallNow = performance.now.bind(performance);
const hostProcess = host.process;
const Controller = host.AbortController;
const hostConsole = host.console;

/** Wall time in ms. Decides only when real timers get a turn; nothing in a run depends on it. */
export function wallTimeMs(): number {
  return wallNow();
}

/** Where messages go that nobody asked for otherwise. */
export function printError(message: string): void {
  hostConsole.error(message);
}

export function newAbortController(): AbortControllerLike {
  return new Controller();
}

export function environment(name: string): string | undefined {
  return hostProcess?.env?.[name];
}

const hooks = hostProcess?.getBuiltinModule?.("node:async_hooks") as AsyncHooks | undefined;

/** Storage that follows awaits, where the host has one (Node). */
export function newStorage<T>(): Storage<T> | null {
  return hooks === undefined ? null : new hooks.AsyncLocalStorage<T>();
}

/** The current frame, to go on from elsewhere; null where there are none. */
export function currentFrame(): Frame | null {
  return hooks === undefined ? null : new hooks.AsyncResource("TICKLESS");
}

let framesServe: boolean | null = null;

/** Whether a frame serves for many steps: what is entered in it is gone when one comes back. Not before Node.js 24. */
export function frameServesMany(): boolean {
  return (framesServe ??= looksAtFrames());
}

function looksAtFrames(): boolean {
  const storage = newStorage<boolean>();
  const frame = currentFrame();
  frame?.runInAsyncScope(() => storage?.enterWith(true));
  return frame?.runInAsyncScope(() => storage?.getStore()) === undefined;
}

function messagePoster(Channel: NonNullable<Host["MessageChannel"]>): (task: () => void) => void {
  const { port1, port2 } = new Channel();
  const tasks: (() => void)[] = [];
  port1.addEventListener("message", () => tasks.shift()?.());
  port1.start();
  return (task) => {
    tasks.push(task);
    port2.postMessage(null);
  };
}

/** Runs `task` in a macrotask of its own. Tasks posted in one go run with nothing between them on Node. */
export const postMacrotask: (task: () => void) => void =
  host.setImmediate?.bind(globalThis) ??
  messagePoster(host.MessageChannel as NonNullable<Host["MessageChannel"]>);

const tick = hostProcess?.["_tickCallback"]?.bind(hostProcess);

/**
 * Runs every microtask and tick that is waiting, and those that they cause: what Node does itself
 * at the end of a macrotask. Undocumented, so `drainWorks` looks before it is relied on.
 */
export const drainMicrotasks: () => void = tick ?? (() => undefined);

/** Must be called from a macrotask. */
export function drainWorks(): boolean {
  if (tick === undefined) return false;
  let hops = 0;
  const hop = (): void => {
    if (++hops < 3) void Promise.resolve().then(hop);
  };
  void Promise.resolve().then(hop);
  tick();
  return hops === 3;
}

/**
 * Routes promises that stay unhandled to `unhandled`, and those that are handled after that to `handled`,
 * and to nobody else, until the returned function is called. Listeners that were there before are put
 * back as they were.
 */
export function takeRejections(
  unhandled: (reason: unknown, promise: unknown) => void,
  handled: (promise: unknown) => void,
): () => void {
  if (hostProcess?.rawListeners === undefined) return () => undefined;
  const giveBack = [
    takeEvent(hostProcess, "unhandledRejection", unhandled),
    takeEvent(hostProcess, "rejectionHandled", handled),
  ];
  return () => {
    for (const one of giveBack) one();
  };
}

function takeEvent(from: ProcessLike, event: string, listener: Listener): () => void {
  const others = from.rawListeners?.(event) ?? [];
  from.removeAllListeners?.(event);
  from.on?.(event, listener);
  return () => {
    from.off?.(event, listener);
    for (const other of others) from.on?.(event, other);
  };
}
