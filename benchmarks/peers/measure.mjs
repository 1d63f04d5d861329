// One peer, one workload: node --expose-gc measure.mjs PEER WORKLOAD TASKS EVENTS
// Prints what dist/measure.js measures, as JSON. Of PEER, the file of that name says how each
// workload is written for it.
import { measureSpeed } from "../dist/measure.js";

const [peer, workload, tasks, events] = process.argv.slice(2);
const { programs } = await import(`./${peer}.mjs`);
const size = { tasks: Number(tasks), events: Number(events) };
const warmUp = { tasks: Math.min(size.tasks, 100), events: 2_000 };
const program = programs[workload];
if (program === undefined) throw new Error(`${peer} has no ${workload}`);
console.log(JSON.stringify(await measureSpeed(program, size, warmUp)));
