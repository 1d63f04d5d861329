import { type Coroutine, external } from "../src/index.ts";
import { inRealTurn } from "./host.ts";

/**
 * Does `touch` in a real event, as a timer or I/O of the program's own would, while the run waits
 * for something real. What `touch` throws is caught: a run that was changed from outside has to fail
 * even if whoever changed it hears nothing.
 */
export function inRealEvent(touch: () => unknown): Coroutine<void> {
  const happened = new Promise<void>((resolve) => {
    inRealTurn(() => {
      try {
        touch();
      } catch {
        // The run tells of it.
      }
      resolve();
    });
  });
  return external(() => happened);
}
