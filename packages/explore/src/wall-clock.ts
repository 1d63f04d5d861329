interface Host {
  readonly performance: { now(): number };
}

const { performance } = globalThis as unknown as Host;
const now = performance.now.bind(performance);

/** Real time in ms since some moment. It ends campaigns; no schedule depends on it. */
export function wallTimeMs(): number {
  return now();
}
