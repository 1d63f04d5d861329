import { recorder } from "@tickless/trace";
import type { Program, Recordable } from "../program.ts";
import { asyncMessages, generatorMessages } from "./ping-pong.ts";
import { asyncTimers, generatorTimers } from "./timers.ts";

/** W8: W1 and W2 with a recorder that is there but not asked, that hashes, and that keeps every event. */

export type Recorded = "W1" | "W2";
export type Bodies = "async" | "generator";

const programs: { readonly [K in Recorded]: { readonly [B in Bodies]: Recordable } } = {
  W1: { async: asyncTimers, generator: generatorTimers },
  W2: { async: asyncMessages, generator: generatorMessages },
};

const levels = {
  off: "off",
  fingerprint: "fingerprint",
  ring: { ring: "4 MB" },
  full: "all",
} as const;

export type Recording = "none" | keyof typeof levels;

export function recorded(workload: Recorded, bodies: Bodies, recording: Recording): Program {
  const program = programs[workload][bodies];
  return async (size) => {
    if (recording === "none") return program(size, {});
    const made = recorder({ level: levels[recording] });
    if (recording === "off") return program(size, { probes: [] });
    const check = await program(size, { probes: [made.probe] });
    if (made.fingerprint() === "") throw new Error("Nothing was recorded");
    return check;
  };
}
