import type { TimeTravel } from "../time-travel.ts";

/** Which events of a trace are exported. */
export interface ExportOptions {
  /** From this event on. Default: the first. */
  readonly from?: number | undefined;
  /** Up to and with this event. Default: the last. */
  readonly to?: number | undefined;
  /** Only what this task and those below it do. Default: all. */
  readonly task?: string | undefined;
  /** Characters in a line, for formats that are laid out. Default: 100. */
  readonly width?: number | undefined;
}

/** One format. */
export interface Exporter {
  /** What `tickless export --to` calls it. */
  readonly name: string;
  /** What it is good for, in a line. */
  readonly summary: string;
  /** How names of such files end, with the dot. */
  readonly extension: string;
  /** The export in pieces of text, made one after the other, so that none of it need be kept. */
  write(travel: TimeTravel, options?: ExportOptions): Iterable<string>;
}

/** The first and the last event that `options` ask for, as far as they are there. */
export function windowOf(travel: TimeTravel, { from, to }: ExportOptions): [number, number] {
  return [Math.max(travel.first, from ?? travel.first), Math.min(travel.last, to ?? travel.last)];
}
