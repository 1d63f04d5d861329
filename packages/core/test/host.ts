import { driver } from "../src/context.ts";

/** S4.11: whether code after an await of a promise that the loop does not own is known to be the task's. */
export const followsAwaits: boolean = driver.storage !== null;

/** What hears of uncaught errors and unhandled rejections only there is tested there. */
export const onNode: boolean = "process" in globalThis;

/** Calls it in a real event, as I/O would: after all microtasks, outside any step. */
export function inRealTurn(callback: () => void): void {
  if (typeof setImmediate === "function") setImmediate(callback);
  else setTimeout(callback, 0);
}

export const realTurn = (): Promise<void> => new Promise((resolve) => inRealTurn(resolve));

/** Where something is in a test file. Browsers know a file by the address that it was served at. */
export const placeIn = (file: string): RegExp =>
  new RegExp(`${file.replaceAll(".", "\\.")}(?:\\?[^\\s:)]*)?:\\d+:\\d+`);
