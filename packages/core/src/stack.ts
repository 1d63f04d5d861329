/**
 * Stacks of the program, without the frames of Tickless and of the host below it. They are notes for
 * whoever reads a report: no event, digest or fingerprint has them, and nothing in a run depends on them.
 */

/** Frames as lines, `at worker (file:///jobs.ts:8:28)`, innermost first. */
export type Frames = readonly string[];

/** A stack that was taken. Its text is made when it is asked for, since that is what costs. */
export interface Stack {
  readonly stack?: string | undefined;
}

/** How many frames are taken: more than V8's ten, most of which would be Tickless's own. */
const FRAMES_TAKEN = 40;

/** The stack here and now. */
export function takeStack(): Stack {
  const settings = Error as { stackTraceLimit?: number };
  const { stackTraceLimit } = settings;
  // Not by assignment: where Error is frozen, ten frames have to do.
  Reflect.set(settings, "stackTraceLimit", FRAMES_TAKEN);
  const taken = new Error("taken here");
  Reflect.set(settings, "stackTraceLimit", stackTraceLimit);
  return taken;
}

/**
 * Takes the stack of the `await` that handed `resolve` to `then`, and gives it to `keep`.
 *
 * `then` of an awaited object is called in a microtask of its own, where V8 has forgotten who awaits.
 * In the reaction of a promise it finds out, from what that promise will resolve. So there is a promise
 * that would call `resolve` and never does. Two microtasks more within the step change nothing in it.
 */
export function takeStackOfAwait(
  resolve: (value: never) => void,
  keep: (stack: Stack) => void,
): void {
  const look = (): Promise<never> => {
    keep(takeStack());
    return new Promise<never>(() => undefined);
  };
  void Promise.resolve().then(look).then(resolve);
}

interface ImportMetaUrl {
  readonly url: string;
}

function plainPath(location: string): string {
  return location.replaceAll("\\", "/").replace("file://", "");
}

/** The folder in which the packages of Tickless lie beside this one; "" in a bundle, where nobody can tell. */
function packagesFolder(): string {
  const url = plainPath((import.meta as unknown as ImportMetaUrl).url);
  return /^(.*\/)core\/(?:src|dist)\/[^/]*$/.exec(url)?.[1] ?? "";
}

const folder = packagesFolder();
const installed = /\/(?:@tickless\/[^/]+|node_modules\/tickless)\/(?:src|dist|bin)\//;

/**
 * Whether a line of a stack is of Tickless's own code.
 *
 * @category For extenders
 */
export function isOwnFrame(frame: string): boolean {
  const path = plainPath(frame);
  if (installed.test(path)) return true;
  const start = folder === "" ? -1 : path.indexOf(folder);
  return start >= 0 && /^[^/]+\/(?:src|dist|bin)\//.test(path.slice(start + folder.length));
}

/** Whether a frame is the host's: Node's own modules, and functions such as `Array.map`. */
function isHosts(frame: string): boolean {
  return /\bnode:/.test(frame) || frame.endsWith("<anonymous>)") || frame.endsWith("<anonymous>");
}

/** What a frame and its copy seen through an `await` have in common. */
function placeIn(frame: string): string {
  return frame.replace("at async ", "at ").replace(/:\d+\)?$/, "");
}

/** `frames` without those that say what the one before has said. */
export function withoutRepeats(frames: Frames): Frames {
  return frames.filter(
    (frame, i) => i === 0 || placeIn(frame) !== placeIn(frames[i - 1] as string),
  );
}

/** Without what called the program: a test runner, a server. Libraries further in are of interest. */
function withoutCallers(frames: Frames): Frames {
  const last = frames.findLastIndex((frame) => !plainPath(frame).includes("/node_modules/"));
  return frames.slice(0, last + 1);
}

/**
 * V8 names a function that has no name after what it stands in: `guard(async () => { … }, { mode: "warn" })` makes
 * it `guard.mode`, or `mode` where imports were rewritten. That is no name of the program's; the place is enough. Of
 * the shorter form only what hardly a function is called.
 */
const NAMED_AFTER_OPTION = new RegExp(
  "^at (async )?(?:(?:createTask|guard|record|replay|run|runSync|simulate|simulateSync|virtualize)\\." +
    "(?:allow|debug|drain|io|jitter|log|maxSteps|maxStepsPerInstant|mode|name|policy|probes|seed|signal|start|startDate|" +
    "timeUnit|until)|mode|maxSteps|maxStepsPerInstant|startDate|timeUnit) \\((.*)\\)$",
);

function withoutName(line: string): string {
  return line.replace(NAMED_AFTER_OPTION, (_, waits = "", place: string) => `at ${waits}${place}`);
}

/** The frames of the program in a stack. */
export function framesOf({ stack = "" }: Stack): Frames {
  const lines = stack.split("\n").map((line) => withoutName(line.trim()));
  // V8 writes `at f (file:1:2)`, others `f@file:1:2`; the message of the error comes first.
  const frames = lines.filter((line) => /^at .|@.*:\d+:\d+$/.test(line));
  return withoutCallers(frames.filter((frame) => !isOwnFrame(frame) && !isHosts(frame)));
}
