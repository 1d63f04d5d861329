/**
 * Tests for Vitest that run under many schedules in virtual time, and matchers. Importing it adds the
 * matchers to `expect`.
 *
 * @packageDocumentation
 */
import { expect } from "vitest";
import { matchers } from "./matchers.ts";

export { ScheduleReport, VirtualTimeoutError } from "./errors.ts";
export type { DeadlockOptions, TicklessMatchers } from "./matchers.ts";
export type { PropertyOptions, SimTestOptions } from "./options.ts";
export type { Arbitraries, InputArbitrary, Property, PropertyBody } from "./property.ts";
export { type Declare, type SimBody, type SimTest, simTest, type Spread } from "./sim-test.ts";

expect.extend(matchers);
