import { isTicklessError } from "@tickless/core";
import type { Failure, Shrunk } from "@tickless/explore";
import { stateLines, Timeline, TimeTravel, type Trace } from "@tickless/trace";
import { commandOf, type Identity } from "./identity.ts";
import { localPlaces } from "./node/place.ts";
import { quoted } from "./shell.ts";

/** Most events of a timeline. */
const MOST_EVENTS = 40;

/** What a report is made of. */
export interface Told {
  readonly identity: Identity;
  /** What was run when it failed: `schedule 3 of 100 (portfolio, seed 0)`. */
  readonly what: string;
  /** That there was nothing to explore, or that a line does not fit, and what to do about it; else empty. */
  readonly nothing: string;
  /** The input of a property, in words; empty where there is none. */
  readonly input: string;
  /** What was thrown. */
  readonly error: unknown;
  /** The failure; null for a replay. */
  readonly failure: Failure | null;
  /** The recording; null: the run could not be repeated. */
  readonly trace: Trace | null;
  /** Where it was written; null: nowhere. */
  readonly file: string | null;
  /** What `TICKLESS_REPLAY` takes. Empty: there is none. */
  readonly line: string;
}

function timelineOf(trace: Trace): string {
  const travel = new TimeTravel(trace);
  const from = Math.max(travel.first, travel.last - MOST_EVENTS + 1);
  const lines = [...new Timeline(travel, { from }).lines()].map((line) => line.trimEnd());
  const left = from - travel.first;
  return [...(left > 0 ? [`… ${left} events before`] : []), ...lines].join("\n");
}

/**
 * What was found, made simpler, in the words of `explore`. Of what fails in every order they need not say how
 * far it shrank.
 */
function shrunkPart({ story, from }: Shrunk): string {
  return from === 0 ? story.slice(story.indexOf("\n\n") + 2) : story;
}

/** Most tasks, timers and objects of a state. */
const MOST_OF_A_KIND = 10;

/** Of a run that was ended from outside: its timeline says what happened, and not what it was waiting for. */
function whereItStood({ trace, error }: Told): string[] {
  const code = isTicklessError(error) ? error.code : "";
  if (trace === null || (code !== "ERR_VIRTUAL_TIMEOUT" && code !== "ERR_LIMIT")) return [];
  const travel = new TimeTravel(trace);
  const lines = stateLines(travel.at(travel.last), travel, MOST_OF_A_KIND);
  return [`Where it stood, ${lines.join("\n")}`];
}

function schedulePart({ failure, trace }: Told): string[] {
  const shrunk = failure?.shrunk ?? null;
  if (shrunk !== null) return [localPlaces(shrunkPart(shrunk))];
  return trace === null ? [] : [`What happened:\n\n${timelineOf(trace)}`];
}

function wayBack({ identity, trace, file, line }: Told): string[] {
  const parts: string[] = [];
  if (file !== null) parts.push(`Look at the trace:\n  npx tickless show ${quoted(file)}`);
  if (line === "") return parts;
  if (trace !== null) {
    return [...parts, `Run this schedule again, and it alone:\n  ${commandOf(identity, line)}`];
  }
  return [
    "It did not fail again when it was repeated, so there is no command to repeat it with. Something in the " +
      "test is not the same in each run: a variable that an earlier schedule has left behind, a file, the network.",
  ];
}

/** What stands below the error of the program. */
export function reportText(told: Told): string {
  const { what, nothing, input } = told;
  const parts = [`${what} fails.`];
  if (nothing !== "") parts.push(nothing);
  if (input !== "") parts.push(input);
  return [...parts, ...schedulePart(told), ...whereItStood(told), ...wayBack(told)].join("\n\n");
}
