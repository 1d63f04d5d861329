import { type Alarmed, Resource } from "@tickless/core/kit";

/** A timer as reports, traces and policies know it (rule S11): `setTimeout main/setTimeout-1`. */
export class TimerName extends Resource implements Alarmed {
  readonly ring: () => void;

  /**
   * @param kind what was called to make it
   * @param ring what its alarm does
   */
  constructor(kind: string, ring: () => void) {
    super(kind, {});
    this.ring = ring;
  }

  get label(): string {
    return this.toString();
  }

  /** Tells the probes what is done to it: `fire`, `clear`. `state`: 1 if it is armed afterwards. */
  tell(operation: string, state: number): void {
    this.report(operation, state);
  }
}
