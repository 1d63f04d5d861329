import { comesLater, pathsOf } from "./causes.ts";
import type { Difference } from "./divergence.ts";
import { type EventOf, fieldsOf, type TraceEvent, valueOf } from "./event.ts";
import { readingLines, recordedReadings } from "./readings.ts";
import type { TraceIndex } from "./trace-index.ts";

/**
 * What kind of difference the first one is: `draws`, one run draws a random number that the other does
 * not draw; `order`, the same things come in another order; `name`, something is called otherwise;
 * `value`, the same call with another number or text; `course`, the program does something else.
 */
export type DifferenceKind = "draws" | "order" | "name" | "value" | "course";

/** Which kind of difference it is. */
export function kindOf({ expected, actual }: Difference, index: TraceIndex): DifferenceKind {
  if (expected === undefined) return actual.kind === "draw" ? "draws" : "course";
  const drawn = [expected, actual].filter(({ kind }) => kind === "draw");
  if (drawn.length === 1) return "draws";
  if (isOrder(expected, actual, index)) return "order";
  if (drawn.length === 2) return "draws";
  if (expected.kind !== actual.kind) return "course";
  if (expected.kind === "name") return "name";
  return sameIds(expected, actual) ? "value" : "course";
}

function sameIds(expected: TraceEvent, actual: TraceEvent): boolean {
  return (fieldsOf(actual.kind) ?? []).every(
    (field) => field.type !== "id" || valueOf(expected, field) === valueOf(actual, field),
  );
}

/** Whether the recorded run does, at this very time, what this run does now. */
function isOrder(expected: TraceEvent, actual: TraceEvent, index: TraceIndex): boolean {
  if (expected.kind === "name" && actual.kind === "name")
    return isNamedLater(expected, actual, index);
  const later = comesLater(actual, actual.event + 1, index);
  return later > 0 && index.timeAt(later) === index.timeAt(actual.event);
}

function isNamedLater(
  expected: EventOf<"name">,
  actual: EventOf<"name">,
  index: TraceIndex,
): boolean {
  const time = index.timeAt(expected.event);
  for (let n = expected.event + 1; index.timeAt(n) === time; n++) {
    const at = index.at(n);
    if (at === undefined) return false;
    if (at.kind !== "name" || at.parent !== actual.parent) continue;
    if (at.type === actual.type && at.segment === actual.segment) return true;
  }
  return false;
}

function who(event: TraceEvent, index: TraceIndex): string {
  const { task } = pathsOf(event, index);
  return task === "" ? "code outside any task" : task;
}

/** What has happened, in a sentence. */
function whatHappened(kind: DifferenceKind, difference: Difference, index: TraceIndex): string {
  const { expected, actual } = difference;
  switch (kind) {
    case "draws":
      return drawText(difference, index);
    case "order":
      if (expected?.kind === "step" && actual.kind === "step") {
        return `Two tasks were woken in another order: ${who(actual, index)} goes on before ${who(expected, index)} here.`;
      }
      return "The same things happen at this time, in another order: the recorded run comes to this event later.";
    case "name":
      return `The same thing is called otherwise: \`${(expected as EventOf<"name">).segment}\` then, \`${(actual as EventOf<"name">).segment}\` now.`;
    case "value":
      return `${who(actual, index)} makes the same call with something else in it.`;
    case "course":
      break;
  }
  return expected !== undefined && who(expected, index) === who(actual, index)
    ? `${who(actual, index)} does something else here than in the recorded run.`
    : "Here somebody else acts than in the recorded run.";
}

function drawText({ expected, actual }: Difference, index: TraceIndex): string {
  const one = expected?.kind === "draw" ? expected.stream : null;
  const other = actual.kind === "draw" ? actual.stream : null;
  if (one !== null && other !== null) {
    return `${who(actual, index)} draws from stream "${other}" where the recorded run draws from "${one}".`;
  }
  if (other !== null)
    return `${who(actual, index)} draws one random number more here, from stream "${other}".`;
  return `${who(expected as TraceEvent, index)} draws one random number fewer here, from stream "${one}".`;
}

const CHANGED = "a variable of a module that the run before has changed";

const SAME_PROCESS: Readonly<Record<DifferenceKind, readonly string[]>> = {
  draws: [`${CHANGED} (a counter, a cache), by which it draws.`],
  order: [
    "an iteration over a Map, a Set or an object whose keys are not the same in every run, such as ids",
    `that are counted for the whole process; or ${CHANGED}.`,
  ],
  name: [`${CHANGED}, such as a counter for names.`],
  value: [`${CHANGED} (a counter, a cache).`],
  course: [`${CHANGED} (a counter, a cache).`],
};

/** Where a reading was made: the innermost line of the program, without the `at`. */
export function placeText(where: readonly string[]): string {
  return where[0]?.replace(/^at /, "").replace("file://", "") ?? "";
}

/** What a reader can do about clocks and chance that the program takes from its host. */
const VIRTUALIZE = [
  "`run(virtualize(main))` gives it virtual time and seeded chance instead; `run(guard(main))` refuses",
  "such calls, each with its place.",
];

/**
 * What is probably the reason, in lines: what has happened, and what of the program can have made it
 * happen. Where somebody has watched it is known
 * whether the host's clock or chance was read.
 */
export function reasonLines(difference: Difference, index: TraceIndex): string[] {
  const kind = kindOf(difference, index);
  const happened = whatHappened(kind, difference, index);
  const { readings, watched, run, trace, actual } = difference;
  const then = readings.length > 0 ? [] : recordedReadings(trace, index, actual.event - 1);
  if (readings.length > 0 || then.length > 0) {
    return [
      happened,
      readings.length > 0
        ? "Before it the program has read what no seed controls:"
        : "Before it the recorded run has read what no seed controls:",
      ...readingLines(readings.length > 0 ? readings : then).map((text) => `  ${text}`),
      ...VIRTUALIZE,
    ];
  }
  if (!watched || run === undefined) return [happened];
  return [
    happened,
    "The program has read neither a clock nor Math.random() nor crypto. So it is probably",
    ...SAME_PROCESS[kind],
  ];
}
