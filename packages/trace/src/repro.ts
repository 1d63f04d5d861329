import { checkTrace } from "./input.ts";
import { badType, checkNames, optionNames } from "@tickless/core/kit";
import type { SimulateOptions } from "@tickless/core";
import { TraceError } from "./errors.ts";
import { lineCheck } from "./line-check.ts";
import { ChoiceReader, ChoiceWriter } from "./packed-choices.ts";
import { ENGINE_VERSION, type TraceOptions, traceOptions, type TraceSource } from "./trace.ts";

/** What it takes to take the same course again with the same program and arguments. */
export interface Repro {
  /** Version of Tickless that has run it. */
  readonly engine: string;
  /** Root of all random streams. */
  readonly seed: string;
  /** Virtual time at the start. */
  readonly start: number;
  /** Label of the time unit. */
  readonly timeUnit: string;
  /** Who drove it: `run` cancels what main has left behind, `simulate` does not. */
  readonly drive: "run" | "simulate";
  /** What else has to be repeated. */
  readonly options: TraceOptions;
  /** Every choice, packed; null where none was taken but by first in, first out. */
  readonly choices: string | null;
  /**
   * Whether awaits of the program were rewritten to hand over (rule S10.10), as `tickless explore` does:
   * the choices then count on it. `tickless replay` sees to it; `replay` takes main as it is given.
   */
  readonly handOvers?: boolean;
}

/** By which a repro line is known, with the version of its format. */
const MARK = "tk1";

/** Text with every character that a shell or the line itself may take for something else as `_hex_`. */
function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9.+-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
}

function unescaped(text: string): string {
  return text.replaceAll(/_([0-9a-f]{1,4})_/g, (_, unit: string) =>
    String.fromCharCode(Number.parseInt(unit, 16)),
  );
}

/**
 * A repro line: one token that no shell takes apart, such as `tk1:v0.1.0:s7:u100:x3f9ac01d`. Its fields
 * stand between colons: `v` the version of Tickless, `s` the seed, then, where they are not the default,
 * `r` that it was `run` and not `simulate`, `b` the time at the begin, `t` the time unit, `u` until, `m` maxSteps, `i` maxStepsPerInstant,
 * `j` how late timers may be and in how many parts (`j5x4`); `h` that awaits hand over; `c` the
 * choices under a policy or `f` those that first in, first out leaves open; and `x` a check
 * over what stands before it, by which a line that was cut or mistyped is found.
 */
export function formatRepro(repro: Repro): string {
  const { engine, seed, start, timeUnit, drive, options, choices } = repro;
  const fields = [MARK, `v${escaped(engine)}`, `s${escaped(seed)}`];
  if (drive === "run") fields.push("r");
  if (start !== 0) fields.push(`b${start}`);
  if (timeUnit !== "ms") fields.push(`t${timeUnit}`);
  if (options.until !== null) fields.push(`u${options.until}`);
  if (options.maxSteps !== null) fields.push(`m${options.maxSteps}`);
  if (options.maxStepsPerInstant !== null) fields.push(`i${options.maxStepsPerInstant}`);
  if (options.jitter !== undefined) {
    fields.push(`j${options.jitter.upTo}x${options.jitter.steps}`);
  }
  if (repro.handOvers === true) fields.push("h");
  if (choices !== null) fields.push(`${options.policy ? "c" : "f"}${choices}`);
  const text = fields.join(":");
  return `${text}:x${lineCheck(text)}`;
}

/**
 * The repro line of a recorded run: pasted into `replay` or `tickless replay` with the same program, it
 * takes the same course, without the recording. Results of `external` are not in it.
 *
 * @returns null if the recording has let go of choices that would be needed (a ring), or is of a loop that
 *   its program drove itself
 */
export function reproLine(source: TraceSource): string | null {
  checkTrace("source", source);
  if (source.first > 1) return null;
  const { engine, seed, start, timeUnit, drive: by, options } = source.header;
  if (by === "loop" || by === "runner") return null;
  const drive = by === "run" || by === "runSync" ? "run" : "simulate";
  const writer = new ChoiceWriter();
  let any = false;
  for (const event of source.events()) {
    if (event.kind !== "choice") continue;
    any = true;
    writer.add(event.count, event.picked);
  }
  const choices = any || options.policy ? writer.toString() : null;
  const handOvers = source.header.program?.handOvers;
  return formatRepro({
    engine,
    seed,
    start,
    timeUnit,
    drive,
    options,
    choices,
    ...(handOvers === true && { handOvers }),
  });
}

/**
 * The repro line of a run with these options, which takes no recording: of one without a policy, or of
 * one whose policy has taken `choices`.
 *
 * @throws TypeError if the options have a policy: what it has chosen only a recording knows
 */
export function reproLineOf(
  options: SimulateOptions,
  choices?: Iterable<{ readonly count: number; readonly picked: number }>,
): string {
  checkNames(options, ["program", ...optionNames]);
  if (options.policy !== undefined) {
    throw badType(
      "options.policy",
      "absent",
      options.policy,
      "Record the run: `reproLine(trace)`.",
    );
  }
  const repro = reproOf(options);
  if (choices === undefined) return formatRepro(repro);
  const writer = new ChoiceWriter();
  for (const { count, picked } of choices) writer.add(count, picked);
  const whole = { ...repro.options, policy: true };
  return formatRepro({ ...repro, options: whole, choices: writer.toString() });
}

/** A run with these options, in which nothing was chosen. */
export function reproOf(options: SimulateOptions): Repro {
  const { seed = "0", start = 0, timeUnit = "ms" } = options;
  return {
    engine: ENGINE_VERSION,
    seed: String(seed),
    start,
    timeUnit,
    drive: "simulate",
    options: traceOptions(options),
    choices: null,
  };
}

/** Whether `text` means to be a repro line. */
export function isReproLine(text: string): boolean {
  return /^tk\d+:/.test(text);
}

function refused(code: string, line: string, why: string): TraceError {
  const shown = line.length > 60 ? `${line.slice(0, 57)}…` : line;
  return new TraceError(code, `\`${shown}\` is no repro line: ${why}`);
}

/** The fields behind the mark by their letters, once the check has been found right. */
function fieldsOf(line: string): Map<string, string> {
  const [version = ""] = line.split(":", 1);
  if (version !== MARK && isReproLine(line)) {
    throw new TraceError(
      "ERR_TRACE_VERSION",
      `This repro line has format ${version}, and this Tickless reads ${MARK}. A newer Tickless wrote it. ` +
        "Update: `npm install tickless@latest`.",
    );
  }
  const end = line.lastIndexOf(":x");
  if (version !== MARK || end < 0 || lineCheck(line.slice(0, end)) !== line.slice(end + 2)) {
    throw refused(
      "ERR_REPRO_LINE",
      line,
      "its check is wrong, so something of it is missing or mistyped. Copy it whole, from `tk1:` to the end.",
    );
  }
  const fields = line.slice(0, end).split(":").slice(1);
  return new Map(fields.map((field) => [field.slice(0, 1), field.slice(1)]));
}

function jitterOf(field: string | undefined): Pick<TraceOptions, "jitter"> {
  if (field === undefined) return {};
  const [upTo, steps] = field.split("x").map(Number) as [number, number];
  return { jitter: { upTo, steps } };
}

/**
 * Reads a repro line.
 *
 * @throws TraceError: ERR_REPRO_LINE if it was cut or changed, ERR_TRACE_VERSION if a newer Tickless
 *   wrote it
 */
export function parseRepro(line: string): Repro {
  if (typeof line !== "string") throw badType("line", "a repro line, a text", line);
  const text = line.trim();
  const fields = fieldsOf(text);
  const number = (letter: string): number | null => {
    const field = fields.get(letter);
    return field === undefined ? null : Number(field);
  };
  const choices = fields.get("c") ?? fields.get("f") ?? null;
  if (choices !== null && !ChoiceReader.accepts(choices)) {
    throw refused("ERR_REPRO_LINE", text, "its choices cannot be read.");
  }
  return {
    engine: unescaped(fields.get("v") ?? ""),
    seed: unescaped(fields.get("s") ?? ""),
    start: number("b") ?? 0,
    timeUnit: fields.get("t") ?? "ms",
    drive: fields.has("r") ? "run" : "simulate",
    options: {
      until: number("u"),
      maxSteps: number("m"),
      maxStepsPerInstant: number("i"),
      policy: fields.has("c"),
      ...jitterOf(fields.get("j")),
    },
    choices,
    ...(fields.has("h") && { handOvers: true }),
  };
}
