import type { RandomStream } from "@tickless/core";
import { type Exchange, exchanged } from "./exchange.ts";
import { type AnyFunction, builtin, type Holder, home } from "./host.ts";
import { fillFrom, timedUuidFrom, uuidFrom } from "./random-values.ts";
import { here, type World } from "./world.ts";

/** A function as outside code finds it, with its `this`. */
type Real = (...values: readonly unknown[]) => unknown;
type Callback = (error: null, value: unknown) => void;
type Chance = (
  stream: RandomStream,
  real: Real,
  given: readonly unknown[],
  world: World,
) => unknown;

/** What `randomFill` takes; an ArrayBuffer has no elements, so its count is in bytes. */
interface Memory {
  readonly buffer?: ArrayBuffer;
  readonly byteOffset?: number;
  readonly byteLength: number;
  readonly BYTES_PER_ELEMENT?: number;
}

function bytesOf(memory: Memory): Uint8Array {
  const { buffer, byteOffset, byteLength } = memory;
  return buffer === undefined
    ? new Uint8Array(memory as ArrayBuffer)
    : new Uint8Array(buffer, byteOffset, byteLength);
}

/** Calls back in a step of its own, as Node does in a turn of its own. */
function callBack(callback: Callback, value: unknown): void {
  Reflect.apply(home["setImmediate"] as AnyFunction, home, [callback, null, value] as never[]);
}

/** Splits what was given into arguments and the callback behind them. */
function split(given: readonly unknown[]): [readonly unknown[], Callback | null] {
  const at = given.findIndex((value) => typeof value === "function");
  return at < 0 ? [given, null] : [given.slice(0, at), given[at] as Callback];
}

// Each calls the real function first, which refuses bad arguments in its own words and makes what is
// answered; then what of it is chance is replaced.

const randomBytes: Chance = (stream, real, given) => {
  const [size, callback] = given;
  // With something else than a function for a callback, the real one throws.
  if (callback !== undefined && typeof callback !== "function") return real(...given);
  const bytes = real(size) as Uint8Array;
  fillFrom(stream, bytes);
  return callback === undefined ? bytes : callBack(callback as Callback, bytes);
};

const randomInt: Chance = (stream, real, given) => {
  const [limits, callback] = split(given);
  const [low, high] = limits.length < 2 || limits[1] === undefined ? [0, limits[0]] : limits;
  real(...limits);
  const value = stream.int(low as number, high as number);
  return callback === null ? value : callBack(callback, value);
};

/** `offset` and `size` count elements. */
function fillPart(stream: RandomStream, [memory, offset, size]: readonly unknown[]): number {
  const unit = (memory as Memory).BYTES_PER_ELEMENT ?? 1;
  const start = Number(offset ?? 0) * unit;
  const end = size === undefined ? undefined : start + (size as number) * unit;
  const part = bytesOf(memory as Memory).subarray(start, end);
  fillFrom(stream, part);
  return part.length;
}

const randomFillSync: Chance = (stream, real, given) => {
  real(...given);
  fillPart(stream, given);
  return given[0];
};

const randomUuid: Chance = (stream, real, given) => {
  real(...given);
  return uuidFrom(stream);
};

const timedUuid: Chance = (stream, real, given, world) => {
  real(...given);
  return timedUuidFrom(stream, world.dateMs);
};

const getRandomValues: Chance = (stream, real, given) => {
  const filled = real(...given);
  fillFrom(stream, bytesOf(given[0] as Memory));
  return filled;
};

/** The exchange of one function; its stream has the name by which programs call it. */
function chance(holder: Holder | undefined, key: string, name: string, draw: Chance): Exchange[] {
  return exchanged(holder, key, (real) => {
    return function (this: unknown, ...given: unknown[]): unknown {
      const world = here(`${name}()`);
      if (world === null) return real(this, given);
      const its: Real = (...values) => real(this, values);
      return draw(world.loop.random(name), its, given, world);
    };
  });
}

/** `fillNow` is the form that answers at once. */
function randomFill(fillNow: AnyFunction): Chance {
  return (stream, real, given) => {
    const [values, callback] = split(given);
    if (callback === null) return real(...given);
    // The real one would come back from outside the run; this one checks what was given in the same way.
    Reflect.apply(fillNow, undefined, values as never[]);
    const length = fillPart(stream, values);
    if (length === 0) return callback(null, values[0]);
    return callBack(callback, values[0]);
  };
}

function nodeChances(node: Holder): Exchange[] {
  const bytes = ["randomBytes", "pseudoRandomBytes", "prng", "rng"];
  return [
    ...chance(node, "randomUUID", "crypto.randomUUID", randomUuid),
    ...chance(node, "randomUUIDv7", "crypto.randomUUIDv7", timedUuid),
    ...bytes.flatMap((key) => chance(node, key, "crypto.randomBytes", randomBytes)),
    ...chance(node, "randomInt", "crypto.randomInt", randomInt),
    ...chance(
      node,
      "randomFill",
      "crypto.randomFill",
      randomFill(node["randomFillSync"] as AnyFunction),
    ),
    ...chance(node, "randomFillSync", "crypto.randomFillSync", randomFillSync),
  ];
}

/**
 * The host's chance, from streams of the run called as the functions are: `Math.random`,
 * `crypto.randomBytes`. It is for simulations alone: whoever knows the seed knows all of it.
 */
export function chances(): Exchange[] {
  const node = builtin("node:crypto");
  const crypto = home["crypto"] as object | undefined;
  // What `crypto` inherits is where its functions are: so every way to it leads to them.
  const web = crypto && (Object.getPrototypeOf(crypto) as Holder);
  return [
    ...chance(home["Math"] as Holder, "random", "Math.random", (stream) => stream()),
    ...chance(web, "getRandomValues", "crypto.getRandomValues", getRandomValues),
    ...chance(web, "randomUUID", "crypto.randomUUID", randomUuid),
    ...(node === undefined ? [] : nodeChances(node)),
  ];
}
