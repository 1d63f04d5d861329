// The demo: Tickless in three acts. `npm run demo`, or with jobs of your own:
// `npm run demo -- my-jobs.csv`.
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { flakyTest } from "./act-1.ts";
import { simulatedDay } from "./act-2.ts";
import { swappedAwaits } from "./act-3.ts";
import { JobsFileError, readJobs } from "./jobs.ts";

const defaultFile = fileURLToPath(new URL("../../data/jobs.csv", import.meta.url));

/** The file of jobs that the command line names. npm changes the folder and tells the old one. */
function jobsFile(args: readonly string[]): string {
  if (args.length > 1 || args[0]?.startsWith("-") === true) {
    throw new JobsFileError(
      `expected at most one argument, a CSV file of jobs, got \`${args.join(" ")}\`. Write ` +
        "`npm run demo -- my-jobs.csv`",
    );
  }
  const [file] = args;
  if (file === undefined) return defaultFile;
  return resolve(process.env["INIT_CWD"] ?? "", file);
}

async function demo(args: readonly string[]): Promise<void> {
  // a path in a trace is more useful when it begins here
  const file = relative(process.cwd(), jobsFile(args));
  // Reads the input once more than needed, so that a mistake in it is told before anything else.
  await readJobs(file);
  await flakyTest();
  const day = await simulatedDay(file);
  await swappedAwaits(day);
  console.log(
    "\nWhere to go on: docs/guide/getting-started.md has a first program of your own, and",
  );
  console.log("docs/guide/recording-and-replay.md more on recordings.");
}

try {
  await demo(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof JobsFileError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
