import { alone } from "./child.ts";
import { peersCommand } from "./peers/command.ts";
import { measurePeer, unavailable } from "./peers/process.ts";
import { machine, nameFor, saveResults } from "./results.ts";

process.exitCode = await peersCommand(process.argv.slice(2), {
  print: console.log,
  machine,
  measureTickless: alone,
  measurePeer,
  unavailable,
  save: (results, out) => {
    const date = new Date();
    const content = { date: date.toISOString(), ...results };
    return saveResults(content, `${nameFor(date)}-peers`, out);
  },
});
