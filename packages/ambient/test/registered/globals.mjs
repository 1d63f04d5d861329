import process from "node:process";

const holders = {
  globalThis,
  Date,
  "Date.prototype": Date.prototype,
  Math,
  performance,
  process,
  "process.hrtime": process.hrtime,
  AbortSignal,
  "Crypto.prototype": Object.getPrototypeOf(crypto),
  ...Object.fromEntries(
    ["timers", "timers/promises", "crypto", "util", "perf_hooks"].map((name) => [
      name,
      process.getBuiltinModule(`node:${name}`),
    ]),
  ),
};

/** The value or the getter of every property of what a run exchanges. */
export function snapshot() {
  const seen = new Map();
  for (const [name, holder] of Object.entries(holders)) {
    for (const [key, own] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (typeof own.value !== "number") seen.set(`${name}.${key}`, own.value ?? own.get);
    }
  }
  return seen;
}

/** The names of those that are another now. */
export function changed(before) {
  const now = snapshot();
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (key) => !Object.is(before.get(key), now.get(key)),
  );
}
