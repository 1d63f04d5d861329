import { isReproLine, type Trace } from "@tickless/trace";
import { readTrace } from "@tickless/trace/node";
import { environment } from "./environment.ts";
import { SimTestError } from "./errors.ts";

/** What `fast-check` makes an input again from. */
export interface InputPlace {
  readonly seed: number;
  readonly path: string;
}

/** What `TICKLESS_REPLAY` says. */
export interface Course {
  /** A repro line, or a trace. */
  readonly source: string | Trace;
  /** The input of a property; null: there is none. */
  readonly input: InputPlace | null;
  /** The test that a trace was taken of; null: nobody knows. */
  readonly test: { readonly file: string; readonly name: string } | null;
}

const INPUT = /^fc:(-?\d+):([\d:]+)$/;

/** An input as a word in front of a repro line, and in a trace. */
export function inputWord({ seed, path }: InputPlace): string {
  return `fc:${seed}:${path}`;
}

function inputOf(word: string | undefined): InputPlace | null {
  const [, seed, path] = INPUT.exec(word ?? "") ?? [];
  return seed === undefined || path === undefined ? null : { seed: Number(seed), path };
}

function courseIn(text: string): Course {
  const slash = text.indexOf("/");
  const input = text.startsWith("fc:") ? inputOf(text.slice(0, slash)) : null;
  const line = input === null ? text : text.slice(slash + 1);
  if (isReproLine(line)) return { source: line, input, test: null };
  const trace = readTrace(text);
  const { program } = trace.header;
  if (program === null) return { source: trace, input: null, test: null };
  const { file, export: name, args } = program;
  return { source: trace, input: inputOf(args[0]), test: { file, name } };
}

/**
 * What `TICKLESS_REPLAY` says; null if nothing.
 *
 * @throws TraceError if it is neither a repro line nor the path of a trace
 */
export function wantedCourse(): Course | null {
  const text = environment("TICKLESS_REPLAY")?.trim();
  return text === undefined ? null : courseIn(text);
}

/** Refuses to replay where it is not clear which test is meant. */
export function checkAlone(names: readonly string[]): void {
  if (names.length < 2) return;
  const list = names.map((name) => `\n  ${name}`).join("");
  const advice =
    new Set(names).size === 1
      ? "They go by one name, which no `-t` tells apart. Give each a name of its own (in `each`: `%s`, `$property`)."
      : "Say which with `-t`, as in the command that the failure has printed.";
  throw new SimTestError(
    "ERR_REPLAY_TESTS",
    `TICKLESS_REPLAY replays one test, and ${names.length} are to run:${list}\n${advice}`,
  );
}
