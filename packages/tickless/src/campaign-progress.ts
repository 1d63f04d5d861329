import type { CampaignProgress } from "@tickless/explore/node";

const TELL_MS = 100;
const DEFAULT_COLUMNS = 80;

/** How far a campaign has come, in at most so many columns: what does not fit is left out, the least first. */
export function progressText(
  { schedules, of, failed, replays }: CampaignProgress,
  seconds: number,
  columns: number,
): string {
  if (schedules === 0) return longest(["loading the program"], columns);
  if (replays !== null) {
    const shrinking = `shrinking the failure, ${count(replays)} replays`;
    const found = `${count(schedules)} schedules; ${shrinking}`;
    return longest([found, shrinking], columns);
  }
  const ran = `${count(schedules)}${of === Infinity ? "" : ` of ${count(of)}`}`;
  const rate = seconds > 0 ? `, ${count(schedules / seconds)}/s` : "";
  const state = failed ? ", failed" : "";
  return longest([`${ran} schedules${rate}${state}`, `${ran} schedules${state}`, ran], columns);
}

function count(number: number): string {
  return Math.round(number).toLocaleString("en");
}

/** The first that fits, or as much of the last as does. */
function longest(texts: readonly string[], columns: number): string {
  return texts.find(({ length }) => length <= columns) ?? texts.at(-1)?.slice(0, columns) ?? "";
}

/** A line on a terminal that says how far a search has come; nothing where stderr is none. */
export class ProgressLine {
  readonly #stream = process.stderr;
  /** Goes past whatever keeps a program from printing later. */
  readonly #write = this.#stream.write.bind(this.#stream);
  readonly #draws = this.#stream.isTTY && process.env["TERM"] !== "dumb";
  /** When the first schedule was run: until then the program is being loaded. */
  #started = Infinity;
  #text = "";
  #told = -TELL_MS;

  readonly tell = (progress: CampaignProgress): void => {
    this.#tell((columns, now) => {
      if (progress.schedules > 0) this.#started = Math.min(this.#started, now);
      return progressText(progress, (now - this.#started) / 1000, columns);
    });
  };

  /** The same where there is nothing but a schedule to shrink. */
  readonly tellShrinking = (replays: number): void => {
    this.#tell((columns) =>
      longest([`shrinking, ${count(replays)} replay${replays === 1 ? "" : "s"}`], columns),
    );
  };

  #tell(textOf: (columns: number, now: number) => string): void {
    const now = performance.now();
    if (!this.#draws || now - this.#told < TELL_MS) return;
    this.#told = now;
    // A terminal that does not know its width says 0. In the last column some would begin a line.
    const columns = (this.#stream.columns || DEFAULT_COLUMNS) - 1;
    const text = textOf(columns, now);
    if (text === this.#text) return;
    this.#text = text;
    this.#write(`\r\x1b[K${text}`);
  }

  /** Takes it away. */
  end(): void {
    if (this.#text !== "") this.#write("\r\x1b[K");
  }
}
