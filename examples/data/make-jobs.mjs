// Made jobs.csv: a day of 10,000 jobs from three sources. To make it again, identical to the byte:
//
//   node examples/data/make-jobs.mjs > examples/data/jobs.csv
//
// Only integers and the four operations are used, so that every machine draws the same numbers.

const jobCount = 10_000;
const hourS = 3600;

/** Park and Miller's "minimal standard" generator; its products stay below 2^53. */
let state = 20_261_101;
function int(lo, hi) {
  state = (state * 48_271) % 2_147_483_647;
  return lo + (state % (hi - lo));
}

/** An index, drawn in proportion to its weight. */
function weighted(weights) {
  let left = int(
    0,
    weights.reduce((sum, weight) => sum + weight),
  );
  return weights.findIndex((weight) => (left -= weight) < 0);
}

// How busy each hour of the day is. People use `web` by day; programs use `api` at all hours.
const webHours = [1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 18, 16, 12, 14, 17, 16, 14, 11, 8, 6, 5, 4, 3, 2];
const apiHours = webHours.map(() => 1);
// `batch` comes in bursts, on the hour, at night and at noon.
const batchHours = [0, 4, 0, 4, 0, 3, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0];

const sources = [
  { name: "web", share: 6, arrivesS: () => weighted(webHours) * hourS + int(0, hourS) },
  { name: "api", share: 3, arrivesS: () => weighted(apiHours) * hourS + int(0, hourS) },
  { name: "batch", share: 1, arrivesS: () => weighted(batchHours) * hourS },
];

const jobs = [];
for (let i = 0; i < jobCount; i++) {
  const source = sources[weighted(sources.map(({ share }) => share))];
  // two draws: most work is of middling length
  jobs.push({ source: source.name, arrivesS: source.arrivesS(), workS: int(5, 26) + int(0, 26) });
}
jobs.sort((one, other) => one.arrivesS - other.arrivesS);

const lines = jobs.map(
  ({ source, arrivesS, workS }, i) => `job-${i + 1},${source},${arrivesS},${workS}`,
);
process.stdout.write(`${["id,source,arrives_s,work_s", ...lines].join("\n")}\n`);
