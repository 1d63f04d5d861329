import { now, run, type RunOptions } from "@tickless/core";
import { virtualize, type VirtualizeOptions } from "../src/index.ts";

/** Runs `main`, which knows globals alone, in virtual time. */
export function virtual<R>(
  main: () => R,
  options: RunOptions = {},
  virtualizeOptions: VirtualizeOptions = {},
): Promise<Awaited<R>> {
  return run(
    virtualize(async () => await main(), virtualizeOptions),
    options,
  );
}

/** Lines such as `5 a`: virtual time and what happened. */
export class Log {
  readonly lines: string[] = [];

  readonly note = (what: string): void => {
    this.lines.push(`${now()} ${what}`);
  };

  /** A function that notes `what`. */
  readonly noting = (what: string): (() => void) => {
    return () => this.note(what);
  };
}

/** A promise of a global timer. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Every property of what a run exchanges: its value, or its getter. */
export function snapshot(): Map<string, unknown> {
  const seen = new Map<string, unknown>();
  const module = (name: string): object => process.getBuiltinModule(name) ?? {};
  const holders: Record<string, object> = {
    globalThis,
    Date,
    "Date.prototype": Date.prototype,
    Math,
    performance,
    "Performance.prototype": Object.getPrototypeOf(performance) as object,
    process,
    "process.hrtime": process.hrtime,
    AbortSignal,
    crypto,
    "Crypto.prototype": Object.getPrototypeOf(crypto) as object,
    setTimeout,
    setImmediate,
    scheduler: Object.getPrototypeOf(
      (module("node:timers/promises") as { scheduler: object }).scheduler,
    ) as object,
    ...(typeof Reflect.get(globalThis, "Temporal") === "object" && {
      "Temporal.Now": (Reflect.get(globalThis, "Temporal") as { Now: object }).Now,
    }),
    ...Object.fromEntries(
      ["timers", "timers/promises", "crypto", "util", "perf_hooks", "fs", "net", "http"].map(
        (name) => [name, module(`node:${name}`)],
      ),
    ),
  };
  for (const [name, holder] of Object.entries(holders)) {
    for (const key of Reflect.ownKeys(holder)) {
      const found = Reflect.getOwnPropertyDescriptor(holder, key) as PropertyDescriptor;
      const value: unknown = found.value;
      // Counted by the host itself.
      if (typeof value === "number" || typeof value === "string") continue;
      seen.set(
        `${name}.${String(key)}`,
        value ?? Reflect.get(found, "get") ?? Reflect.get(found, "set"),
      );
    }
  }
  return seen;
}

/** Names of properties that are not what they were. */
export function changed(before: ReadonlyMap<string, unknown>): string[] {
  const after = snapshot();
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => !Object.is(before.get(key), after.get(key)));
}

// What Node makes of a property when it is first looked at (`globalThis.WebSocket`, `crypto.prng`) is made
// now: by a run, which looks at what modules export, and by a look at all.
await run(virtualize(async () => undefined));
snapshot();
