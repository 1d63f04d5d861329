import { run } from "@tickless/core";
import { record } from "@tickless/trace";
import { expect } from "vitest";
import { guard, virtualize, type VirtualizeOptions } from "../src/index.ts";

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** For programs under test, which know nothing of Tickless. */
export const pause = (delayMs: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, delayMs));

/** A clock for programs under test: ms since the main began. */
export function stopwatch(): () => number {
  const start = Date.now();
  return () => Date.now() - start;
}

/**
 * Runs a program that is written with globals alone in virtual time, twice, with equal fingerprints. It is
 * guarded: what would be real, such as I/O, is refused.
 *
 * @returns what it returned, and how long it took in virtual time
 */
export async function twice<T>(
  main: () => Promise<T>,
  options: VirtualizeOptions = {},
): Promise<{ readonly value: T; readonly now: number }> {
  const virtual = guard(virtualize(main, options));
  const one = await record(virtual);
  const two = await record(virtual);
  if (one.outcome?.status !== "fulfilled") throw one.outcome?.reason ?? new Error(one.reason);
  expect(two.fingerprint).toBe(one.fingerprint);
  expect(two.outcome).toEqual(one.outcome);
  return { value: one.outcome.value, now: one.now };
}

/** Runs such a program once, for promises that no day is needed for. */
export async function once<T>(main: () => Promise<T>, options: VirtualizeOptions = {}): Promise<T> {
  return run(virtualize(main, options));
}
