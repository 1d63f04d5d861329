import { traceOf } from "./event-list.ts";
import { type Field, fieldsOf, type TraceEvent } from "./event.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { readHeader } from "./header.ts";
import type { Trace } from "./trace.ts";
import { TraceReader } from "./trace-reader.ts";

/** A number as `formatTrace` wrote it. Answers undefined for anything else. */
function numberOf(value: unknown): number | undefined {
  if (value === null) return NaN;
  if (value === "Infinity" || value === "-Infinity") return Number(value);
  return typeof value === "number" ? value : undefined;
}

/** Makes events of lines, and refuses what no recorder writes. */
class EventReader {
  readonly #reader: TraceReader;
  /** Ids that an event before has named. */
  readonly #named = new Set<unknown>([-1]);

  constructor(reader: TraceReader) {
    this.#reader = reader;
  }

  event(line: readonly unknown[], number: number): TraceEvent {
    const [event, cause, kind, ...values] = line;
    const fields = typeof kind === "string" ? fieldsOf(kind) : undefined;
    if (fields === undefined) throw this.#wrong(`\`${String(kind)}\` is no kind of event`);
    if (event !== number) throw this.#wrong(`expected event ${number}, got ${String(event)}`);
    if (!Number.isInteger(cause) || (cause as number) < 0 || (cause as number) >= number) {
      throw this.#wrong(`expected the cause to be an earlier event or 0, got ${String(cause)}`);
    }
    if (values.length !== fields.length) {
      throw this.#wrong(
        `expected \`${String(kind)}\` to have ${fields.length} fields, got ${values.length}`,
      );
    }
    const made: Record<string, unknown> = { event, cause, kind };
    fields.forEach((field, i) => (made[field.name] = this.#field(field, values[i])));
    if (kind === "name") this.#named.add(made["id"]);
    return made as unknown as TraceEvent;
  }

  #field({ name, type }: Field, value: unknown): number | string {
    if (type === "text") {
      if (typeof value === "string") return value;
      throw this.#wrong(`expected \`${name}\` to be text, got ${String(value)}`);
    }
    const number = numberOf(value);
    if (number === undefined) {
      throw this.#wrong(`expected \`${name}\` to be a number, got ${String(value)}`);
    }
    const isNamed = this.#named.has(number);
    if (type === "id" && !isNamed)
      throw this.#wrong(`no event before has named \`${name}\` ${number}`);
    if (type === "newId" && (isNamed || !Number.isInteger(number) || number < 0)) {
      throw this.#wrong(`expected \`${name}\` to be a new id, got ${number}`);
    }
    return number;
  }

  #wrong(what: string): Error {
    return this.#reader.error("ERR_TRACE_FORMAT", `${what}.`);
  }
}

interface End {
  readonly events: unknown;
  readonly fingerprint: unknown;
}

/**
 * Reads the text of a trace file. Nothing is taken on trust: each line has a check, and the events
 * must give the fingerprint that stands at the end.
 *
 * @param name what errors call it, for example the path of the file
 * @throws TraceError with the line: ERR_TRACE_DAMAGED if it is cut off or changed,
 *   ERR_TRACE_VERSION if a newer Tickless wrote it, ERR_TRACE_FORMAT if it is no trace
 */
export function parseTrace(text: string, name = "trace"): Trace {
  const reader = new TraceReader(text, name);
  const header = readHeader(reader);
  const read = new EventReader(reader);
  const events: TraceEvent[] = [];
  let line = reader.value(reader.take());
  for (; Array.isArray(line); line = reader.value(reader.take())) {
    events.push(read.event(line as readonly unknown[], events.length + 1));
  }
  const end = line as End;
  if (end.events !== events.length) {
    throw reader.damaged(
      `its end tells of ${String(end.events)} events, and ${events.length} are there`,
    );
  }
  const fingerprint = fingerprintOf(events);
  if (end.fingerprint !== fingerprint) {
    throw reader.damaged(
      `its events give the fingerprint ${fingerprint}, not ${String(end.fingerprint)}`,
    );
  }
  if (!reader.over) {
    reader.take();
    throw reader.damaged("something stands after its end");
  }
  return traceOf(header, events, [], fingerprint);
}
