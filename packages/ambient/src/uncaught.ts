import type { Loop } from "@tickless/core";
import { loopOfCode, uncaughtIn } from "@tickless/core/kit";
import { home, hostProcess } from "./host.ts";

type Capture = (error: unknown) => void;
interface Captures {
  setUncaughtExceptionCaptureCallback(capture: Capture | null): void;
}

const captures = hostProcess as unknown as Partial<Captures> | undefined;
const soon = home["setImmediate"] as ((callback: () => void) => unknown) | undefined;

/**
 * What nobody catches while a slice of `loop` goes on: code that has saved `queueMicrotask` before the run, and
 * outside code that goes on in a step. The first fails the run. The second is thrown once more when the slice is
 * over, so that the handlers of the process find the world as they know it.
 */
export class Uncaught {
  readonly #capture: Capture;
  #taken = false;

  constructor(loop: Loop) {
    this.#capture = (error) => {
      if (loopOfCode(null) === loop && uncaughtIn(loop, "a microtask", error)) return;
      soon?.(() => {
        throw error;
      });
    };
  }

  /** A slice begins. */
  take(): void {
    try {
      captures?.setUncaughtExceptionCaptureCallback?.(this.#capture);
      this.#taken = true;
    } catch {
      // There can be but one such callback. Somebody has one, or module `domain`, which has what nobody catches.
    }
  }

  /** A slice ends. */
  giveBack(): void {
    if (!this.#taken) return;
    this.#taken = false;
    captures?.setUncaughtExceptionCaptureCallback?.(null);
  }
}
