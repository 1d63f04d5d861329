/**
 * What this package looks for on its host. It compiles without the types of Node and of the DOM, since
 * it runs with either; a part that the host does not have is left alone.
 */

/** Any function of the host. */
export type AnyFunction = (...values: never[]) => unknown;

/** An object of the host with whatever it has. */
export type Holder = Record<PropertyKey, unknown>;

interface HostProcess {
  readonly getBuiltinModule?: (name: string) => unknown;
  readonly getActiveResourcesInfo?: () => readonly string[];
  readonly emitWarning?: (message: string, type: string) => void;
}

/** The global object. */
export const home: Holder = globalThis;

/** Node's `process`; undefined elsewhere. */
export const hostProcess: (HostProcess & Holder) | undefined = home["process"] as
  | (HostProcess & Holder)
  | undefined;

/** A module of Node; undefined where there is none. */
export function builtin(name: string): Holder | undefined {
  return hostProcess?.getBuiltinModule?.(name) as Holder | undefined;
}

/**
 * How many timers and immediates of the host wait that keep the process alive; NaN where nobody can tell.
 * (Node, `process.getActiveResourcesInfo`.)
 */
export function hostTimers(): number {
  const names = hostProcess?.getActiveResourcesInfo?.();
  if (names === undefined) return NaN;
  return names.filter((name) => name === "Timeout" || name === "Immediate").length;
}

/** Whether timers are objects, as in Node, and not numbers. */
export const onNode: boolean = builtin("node:timers") !== undefined;

const syncExports = builtin("node:module")?.["syncBuiltinESMExports"] as (() => void) | undefined;

/** Makes what ES modules have imported from Node's modules what these have now. */
export const syncImports: () => void = syncExports ?? (() => undefined);
