/** What several measurements of one figure say. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** In the order in which they were taken. */
  readonly every: readonly number[];
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function spread(every: readonly number[]): Spread {
  return {
    median: median(every),
    least: Math.min(...every),
    most: Math.max(...every),
    every,
  };
}

/** One divided by the other, pair by pair: of programs that ran side by side. */
export function quotient(above: Spread, below: Spread): Spread {
  return spread(above.every.map((value, i) => value / (below.every[i] ?? NaN)));
}
