import type { Strategy } from "../strategy.ts";
import { delayBounding } from "./delay-bounding.ts";
import { exhaustive } from "./exhaustive.ts";
import { pct } from "./pct.ts";
import { portfolio } from "./portfolio.ts";
import { pos } from "./pos.ts";
import { randomDelays } from "./random-delays.ts";
import { randomWalk } from "./random-walk.ts";
import { urw } from "./urw.ts";
import { weightedPos } from "./weighted-pos.ts";

/**
 * All strategies by their names; the first is the default.
 *
 * @category Exploring
 */
export const strategies: readonly Strategy[] = [
  portfolio,
  weightedPos,
  randomWalk,
  pct,
  pos,
  urw,
  delayBounding,
  randomDelays,
  exhaustive,
];
