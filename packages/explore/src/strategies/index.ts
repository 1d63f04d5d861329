import type { Strategy } from "../strategy.ts";
import { exhaustive } from "./exhaustive.ts";
import { randomWalk } from "./random-walk.ts";

/**
 * All strategies by their names; the first is the default.
 *
 * @category Exploring
 */
export const strategies: readonly Strategy[] = [randomWalk, exhaustive];
