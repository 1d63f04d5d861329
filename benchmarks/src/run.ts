import { inFreshProcess } from "./child.ts";
import { command } from "./command.ts";
import { disturbance, saveResults } from "./results.ts";

process.exitCode = await command(process.argv.slice(2), {
  print: console.log,
  complain: console.error,
  measure: inFreshProcess,
  disturbance,
  save: (results, out) => saveResults(results, new Date(), out),
});
