import * as nodeCrypto from "node:crypto";
import { createRequire } from "node:module";
import * as perfHooks from "node:perf_hooks";
import * as timers from "node:timers";
import * as promises from "node:timers/promises";
import * as util from "node:util";

const require = createRequire(import.meta.url);
// Node 20 makes these when they are first looked at.
for (const name of ["rng", "prng", "pseudoRandomBytes"]) Reflect.get(require("node:crypto"), name);

/** All that a run might exchange: objects of the host, and what they inherit from. */
const holders: Readonly<Record<string, object>> = {
  globalThis,
  process,
  "process.hrtime": process.hrtime,
  performance,
  "Performance.prototype": Object.getPrototypeOf(performance) as object,
  Date,
  "Date.prototype": Date.prototype,
  Math,
  crypto,
  Crypto: Object.getPrototypeOf(crypto) as object,
  AbortSignal,
  "AbortSignal.prototype": AbortSignal.prototype,
  setTimeout,
  setInterval,
  setImmediate,
  queueMicrotask,
  Promise,
  "require timers": require("node:timers") as object,
  "require timers/promises": require("node:timers/promises") as object,
  scheduler: promises.scheduler,
  "Scheduler.prototype": Object.getPrototypeOf(promises.scheduler) as object,
  "require util": require("node:util") as object,
  "require crypto": require("node:crypto") as object,
  "require perf_hooks": require("node:perf_hooks") as object,
  "require fs": require("node:fs") as object,
  "require net": require("node:net") as object,
  "require http": require("node:http") as object,
  "require child_process": require("node:child_process") as object,
  "require dns": require("node:dns") as object,
};

/** What ES modules have imported: these have values alone. */
const modules: Readonly<Record<string, object>> = {
  "import timers": timers,
  "import timers/promises": promises,
  "import util": util,
  "import crypto": nodeCrypto,
  "import perf_hooks": perfHooks,
};

/** Property by property: what stands there now. Nothing is called, getters neither. */
export function surface(): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, holder] of Object.entries(holders)) {
    const keys = Reflect.ownKeys(holder);
    found.set(`${name}: keys in their order`, keys.map(String).join());
    found.set(`${name}: prototype`, Object.getPrototypeOf(holder));
    for (const key of keys) {
      const own = Reflect.getOwnPropertyDescriptor(holder, key) ?? {};
      for (const [field, value] of Object.entries(own)) {
        found.set(`${name}.${String(key)} ${field}`, value);
      }
    }
  }
  for (const [name, module] of Object.entries(modules)) {
    for (const [key, value] of Object.entries(module)) found.set(`${name}.${key}`, value);
  }
  return found;
}

/** The properties that are another value now, by ===. */
export function changedSince(before: ReadonlyMap<string, unknown>): string[] {
  const after = surface();
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) =>
      !(before.has(name) && after.has(name)) || !Object.is(before.get(name), after.get(name)),
  );
}
