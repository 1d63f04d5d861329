import type { WriteStream } from "node:tty";
import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Columns of what is no terminal, and does not say in `COLUMNS` how wide it is. */
const DEFAULT_COLUMNS = 80;

/** Colours for a stream: those of a terminal, unless `NO_COLOR` is set; `FORCE_COLOR` insists. */
export function colorsFor(stream: NodeJS.WritableStream): Colors {
  const { NO_COLOR = "", FORCE_COLOR = "", TERM } = process.env;
  const terminal = (stream as Partial<WriteStream>).isTTY === true && TERM !== "dumb";
  const forced = FORCE_COLOR !== "" && FORCE_COLOR !== "0";
  return picocolors.createColors(NO_COLOR === "" && (forced || terminal));
}

/** How many characters fit in a line of a stream. */
export function columnsOf(stream: NodeJS.WritableStream): number {
  const { COLUMNS = "" } = process.env;
  return (
    (stream as Partial<WriteStream>).columns ?? (Number.parseInt(COLUMNS, 10) || DEFAULT_COLUMNS)
  );
}
