import { wallTimeMs } from "./host.ts";
import type { Loop } from "./loop.ts";
import { type Place, whereText } from "./place.ts";

/** A step, for its report. */
interface Step {
  /** `task \`main/worker\`` or `callback tick`. */
  readonly whose: () => string;
  readonly number: number;
  readonly time: number;
  /** Where the task had waited, or where the callback was scheduled. */
  readonly place: Place | undefined;
  readonly did: string;
}

/** Measures each step in host time and notes which took long (asyncio's slow callbacks, DEBUG-01). */
export class SlowSteps {
  readonly #loop: Loop;
  #step: Step | null = null;
  #startMs = 0;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** A step begins, and the one before has ended, with all that it caused. */
  begin(did: string, place: Place | undefined, whose: () => string): void {
    this.end();
    const { now, steps } = this.#loop;
    this.#step = { whose, number: steps + 1, time: now, place, did };
    this.#startMs = wallTimeMs();
  }

  /** The step has ended; what follows is not the program's. */
  end(): void {
    const step = this.#step;
    if (step === null) return;
    this.#step = null;
    const tookMs = wallTimeMs() - this.#startMs;
    if (tookMs >= this.#loop.settings.slowStepMs) this.#tell(step, tookMs);
  }

  #tell({ whose, number, time, place, did }: Step, tookMs: number): void {
    const loop = this.#loop;
    const message =
      `Slow step: ${whose()} took ${Math.round(tookMs)} ms of real time at ${loop.at(time)} ` +
      `(step ${number}); slowStepMs is ${loop.settings.slowStepMs}.`;
    loop.reports.note(message, whereText(did, place));
  }
}
