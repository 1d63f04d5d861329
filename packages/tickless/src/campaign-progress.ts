import type { CampaignProgress } from "@tickless/explore/node";

const TELL_MS = 100;

/** A line on a terminal that says how far a campaign has come; nothing where stderr is none. */
export class ProgressLine {
  readonly #stream = process.stderr;
  readonly #started = performance.now();
  #told = -TELL_MS;

  readonly tell = ({ schedules, of, failed }: CampaignProgress): void => {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#told < TELL_MS) return;
    this.#told = now;
    const seconds = (now - this.#started) / 1000;
    const all = of === Infinity ? "" : ` of ${of.toLocaleString("en")}`;
    const rate = Math.round(schedules / seconds).toLocaleString("en");
    const state = failed ? ", one has failed" : "";
    const text = `${schedules.toLocaleString("en")}${all} schedules, ${rate}/s${state}`;
    this.#stream.write(`\r\x1b[K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  };

  /** Takes it away. */
  end(): void {
    if (this.#stream.isTTY && this.#told >= 0) this.#stream.write("\r\x1b[K");
  }
}
