import { describeEvent } from "../describe.ts";
import { fieldsOf, type TraceEvent, valueOf } from "../event.ts";
import type { TimeTravel } from "../time-travel.ts";
import { type Exporter, windowOf } from "./exporter.ts";

/** An event with its time and in words; paths stand for ids, null for NaN and for no task. */
function plain(event: TraceEvent, { index }: TimeTravel): Record<string, unknown> {
  const { event: number, cause, kind } = event;
  const line: Record<string, unknown> = {
    event: number,
    time: index.timeAt(number),
    cause,
    kind,
  };
  for (const field of fieldsOf(kind) ?? []) {
    const value = valueOf(event, field);
    const isId = field.type === "id" || field.type === "newId";
    if (isId) line[field.name] = (value as number) < 0 ? null : index.pathOf(value as number);
    else line[field.name] = Number.isNaN(value) ? null : value;
  }
  line["text"] = describeEvent(event, index);
  return line;
}

/** One JSON object a line, for `jq` and for notebooks. */
export const ndjson: Exporter = {
  name: "ndjson",
  summary: "one JSON object a line: the header, then each event with its time, paths and words",
  extension: ".ndjson",
  *write(travel, options = {}) {
    const { header, fingerprint, complete, notices } = travel.trace;
    yield `${JSON.stringify({ kind: "header", ...header, fingerprint, complete, notices })}\n`;
    const [from, to] = windowOf(travel, options);
    for (const event of travel.search({ from, to, task: options.task })) {
      yield `${JSON.stringify(plain(event, travel))}\n`;
    }
  },
};
