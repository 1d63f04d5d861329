import type { Workload } from "./workload.ts";
import { callbacks } from "./workloads/callbacks.ts";
import { explored } from "./workloads/explored.ts";
import { memory } from "./workloads/memory.ts";
import { messagesAndValues } from "./workloads/messages.ts";
import { mixed } from "./workloads/mixed.ts";
import { recorders } from "./workloads/recorder.ts";
import { traces } from "./workloads/traces.ts";
import { timers } from "./workloads/timers.ts";

/** All workloads, in the order in which they are measured. */
export const WORKLOADS: readonly Workload[] = [
  ...timers,
  ...messagesAndValues,
  ...callbacks,
  ...mixed,
  ...recorders,
  ...traces,
  ...explored,
  ...memory,
];
