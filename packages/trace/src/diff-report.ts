import { listed } from "./causes.ts";
import type { DiffSide } from "./diff.ts";
import type { DiffEntry, DiffSummary } from "./diff-summary.ts";
import { changedFields, table } from "./report.ts";

/** How many lines of each part of the summary are shown. */
const MOST_LISTED = 12;

/** What a report of a diff is made of. */
export interface DiffFindings {
  /** Number of the first event that differs; 0 if none does. */
  readonly event: number;
  readonly context: number;
  readonly settings: readonly string[];
  readonly notices: readonly string[];
  readonly sides: readonly [DiffSide, DiffSide];
  readonly summary: DiffSummary;
}

function heading(letter: string, { name, trace }: DiffSide): string {
  const { header, length, fingerprint } = trace;
  const { program, seed } = header;
  const what =
    program === null ? "a program without a name" : [program.file, ...program.args].join(" ");
  const called = name === letter ? "" : `${name}: `;
  return `${letter}  ${called}${what}, seed ${seed}, ${length} events, fingerprint ${fingerprint}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function shortened(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LISTED;
  return more > 0 ? [...lines.slice(0, MOST_LISTED), `  … and ${more} more`] : [...lines];
}

function onlyLines(entries: readonly DiffEntry[]): string[] {
  const lines = entries.map(
    ({ what, a, b }) => `  ${what} (${a + b} event${a + b === 1 ? "" : "s"})`,
  );
  return shortened(lines);
}

function bothLines(entries: readonly DiffEntry[]): string[] {
  const far = ({ a, b }: DiffEntry): number => -Math.abs(a - b);
  const sorted = entries.toSorted((one, other) => far(one) - far(other));
  return shortened(sorted.map(({ what, a, b }) => `  ${what}: ${a} in A, ${b} in B`));
}

function differenceLines({ event, sides }: DiffFindings): string[] {
  const [a, b] = sides;
  const [one, other] = [a.index.at(event), b.index.at(event)];
  const before = a.index.at(event - 1);
  const time = before === undefined ? a.trace.header.start : a.index.timeAt(event - 1);
  const words = ({ after, trace }: DiffSide): string => {
    if (after[0] !== undefined) return after[0].text;
    return trace.complete
      ? "nothing more: the run has ended"
      : "nothing more: the recording ends here";
  };
  return [
    `The first difference is event ${event}, at t=${time}${a.index.unit}:`,
    `  A  ${words(a)}`,
    `  B  ${words(b)}`,
    ...(one === undefined || other === undefined
      ? []
      : section(
          "What is different in this event:",
          changedFields(one, other, a.index, b.index, ["in A", "in B"]),
        )),
  ];
}

function goesOn(letter: string, { after, index }: DiffSide): string[] {
  return section(`How ${letter} goes on:`, table(after, index.unit));
}

/** A diff for a terminal. */
export function diffReport(findings: DiffFindings): string {
  const { event, context, settings, notices, sides, summary } = findings;
  const [a, b] = sides;
  const head = [heading("A", a), heading("B", b)];
  const notes = notices.map((line) => `Notice: ${line}`);
  if (event === 0) {
    const same = `The same: all ${a.trace.last - Math.max(a.trace.first, b.trace.first) + 1} events are equal.`;
    return [
      ...head,
      "",
      ...notes,
      same,
      ...section(
        "Not equal before the first event:",
        settings.map((line) => `  ${line}`),
      ),
    ].join("\n");
  }
  const first = Math.max(a.trace.first, b.trace.first, event - context);
  const common = [...a.trace.events(first, event - 1)].map((one) => listed(one, a.index));
  return [
    ...head,
    ...section(
      "Not equal before the first event:",
      settings.map((line) => `  ${line}`),
    ),
    "",
    ...notes,
    ...differenceLines(findings),
    ...section("The last events that both have in common:", table(common, a.index.unit)),
    ...goesOn("A", a),
    ...goesOn("B", b),
    ...section("Only in A:", onlyLines(summary.onlyA)),
    ...section("Only in B:", onlyLines(summary.onlyB)),
    ...section("In both, but not equally often:", bothLines(summary.both)),
  ].join("\n");
}
