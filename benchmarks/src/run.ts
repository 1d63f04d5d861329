import { sideBySide } from "./child.ts";
import { command } from "./command.ts";
import { disturbance, machine, nameFor, saveResults } from "./results.ts";

process.exitCode = await command(process.argv.slice(2), {
  print: console.log,
  complain: console.error,
  measure: sideBySide,
  machine,
  disturbance,
  save: (results, out) => {
    const date = new Date();
    return saveResults({ date: date.toISOString(), ...results }, nameFor(date), out);
  },
});
