import { stripVTControlCharacters } from "node:util";
import type { Installation } from "./installation.ts";

/** Whether a line of a stack is left out. */
export type HidesFrame = (frame: string) => boolean;

/** Leaves out what is not the program's: Tickless's own frames and Node's internal ones; none in debug mode. */
export async function hiddenFrames(tickless: Installation, debug?: boolean): Promise<HidesFrame> {
  const { isOwnFrame } = await tickless.loadKit();
  if (debug ?? process.env["TICKLESS_DEBUG"] === "1") return () => false;
  return (frame) => isOwnFrame(frame) || /\bnode:internal\//.test(frame);
}

/** The messages of an error and of all that hangs on it. */
function messagesOf(error: unknown, seen = new Set<unknown>()): string {
  if (!(error instanceof Error) || seen.has(error)) return "";
  seen.add(error);
  const { errors } = error as { errors?: unknown };
  const inner: unknown[] = [error.cause, ...(Array.isArray(errors) ? errors : [])];
  return [error.message, ...inner.map((one) => messagesOf(one, seen))].join("\n");
}

/** `text`, an error as `inspect` shows it, without the frames that are hidden. Messages stay whole. */
export function withoutFrames(text: string, error: unknown, hides: HidesFrame): string {
  const messages = messagesOf(error);
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    const plain = stripVTControlCharacters(line).trim();
    if (!/^at ./.test(plain) || messages.includes(plain) || !hides(plain)) {
      kept.push(line);
    } else if (plain.endsWith(" {") && kept.length > 0) {
      // The error has properties, which follow its last frame.
      kept[kept.length - 1] += " {";
    }
  }
  return kept.join("\n");
}
