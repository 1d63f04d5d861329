import { recorder } from "@tickless/trace";
import type { Program } from "../program.ts";
import { asyncTimers, generatorTimers } from "./timers.ts";

/** W8: W1 with a recorder that is there but not asked, that hashes, and that keeps every event. */

type Recording = "none" | keyof typeof levels;

const levels = {
  off: "off",
  fingerprint: "fingerprint",
  ring: { ring: "4 MB" },
  full: "all",
} as const;

type Timers = typeof asyncTimers | typeof generatorTimers;

function recorded(timers: Timers, recording: Recording): Program {
  return async (size) => {
    if (recording === "none") return timers(size, {});
    const made = recorder({ level: levels[recording] });
    if (recording === "off") return timers(size, { probes: [] });
    const check = await timers(size, { probes: [made.probe] });
    if (made.fingerprint() === "") throw new Error("Nothing was recorded");
    return check;
  };
}

export const unrecordedAsync: Program = recorded(asyncTimers, "none");
export const offAsync: Program = recorded(asyncTimers, "off");
export const fingerprintAsync: Program = recorded(asyncTimers, "fingerprint");
export const ringAsync: Program = recorded(asyncTimers, "ring");
export const fullAsync: Program = recorded(asyncTimers, "full");
export const unrecordedGenerators: Program = recorded(generatorTimers, "none");
export const offGenerators: Program = recorded(generatorTimers, "off");
export const fingerprintGenerators: Program = recorded(generatorTimers, "fingerprint");
export const ringGenerators: Program = recorded(generatorTimers, "ring");
export const fullGenerators: Program = recorded(generatorTimers, "full");
