import { textOf } from "../describe.ts";
import type { EventOf, TraceEvent } from "../event.ts";
import type { TimeTravel } from "../time-travel.ts";
import { type Exporter, type ExportOptions, windowOf } from "./exporter.ts";

/** Mermaid's own limits, unless a page raises them: `maxTextSize` and `maxEdges` of its configuration. */
const MAX_CHARACTERS = 50_000;
const MAX_EDGES = 500;
/** Kept free for the note that says what is left out. */
const SPARE_CHARACTERS = 200;
/** Longer texts make the columns of a diagram too wide. */
const MAX_LABEL = 60;

/** Text as Mermaid shows it and does not read it: entity codes for all that could mean something. */
function escaped(text: string): string {
  const short = text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
  return short.replaceAll(
    /[^\p{L}\p{N} .,/()=_…-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}

/** A diagram that grows line by line, as long as it stays within the limits. */
class Diagram {
  readonly #travel: TimeTravel;
  /** Ids of tasks and objects, in the order in which they appear. */
  readonly #actors = new Map<number, string>();
  readonly #lines: string[] = [];
  #characters = "sequenceDiagram\n".length + SPARE_CHARACTERS;
  #now = NaN;

  constructor(travel: TimeTravel) {
    this.#travel = travel;
  }

  /** Answers false if there is no room for the event: then nothing was added. */
  add(event: TraceEvent): boolean {
    const before = this.#lines.length;
    const sizeBefore = this.#characters;
    const actorsBefore = this.#actors.size;
    this.#draw(event);
    if (this.#characters <= MAX_CHARACTERS && this.#lines.length < MAX_EDGES) return true;
    this.#lines.length = before;
    this.#characters = sizeBefore;
    for (const id of [...this.#actors.keys()].slice(actorsBefore)) this.#actors.delete(id);
    return false;
  }

  text(rest: string): string {
    const lines = ["sequenceDiagram", ...this.#actors.values(), ...this.#lines];
    const over = this.#across();
    if (rest !== "" && over !== "") lines.push(`Note over ${over}: ${escaped(rest)}`);
    return `${lines.join("\n")}\n`;
  }

  #draw(event: TraceEvent): void {
    switch (event.kind) {
      case "name":
        this.#made(event);
        break;
      case "step":
        this.#woken(event);
        break;
      case "wait":
        this.#waits(event);
        break;
      case "operation":
        this.#arrow(event.task, "->>", event.object, `${event.name} (${event.state})`, event);
        break;
      case "cancel":
        this.#arrow(event.by, "-x", event.task, "cancel", event);
        break;
      case "settle":
        if (this.#isTask(event.object)) this.#note(event.object, event);
        break;
      case "draw":
      case "external":
        this.#note(this.#travel.index.taskOf(event), event);
        break;
      case "begin":
      case "time":
      case "timer":
      case "callback":
      case "arm":
      case "choice":
      case "end":
      default:
    }
  }

  #made(event: EventOf<"name">): void {
    if (event.type === "task") this.#arrow(event.parent, "->>", event.id, "makes", event);
  }

  /** Who goes on because of something that another task or an object did. */
  #woken(event: EventOf<"step">): void {
    const cause = this.#travel.index.at(event.cause);
    if (cause?.kind === "operation" || cause?.kind === "settle") {
      const by = cause.object;
      if (by !== event.task) this.#arrow(by, "-->>", event.task, "goes on", event);
    }
  }

  #waits(event: EventOf<"wait">): void {
    if (event.object < 0) this.#note(event.task, event);
    else
      this.#arrow(
        event.task,
        "--)",
        event.object,
        event.op === "" ? "waits" : `waits (${event.op})`,
        event,
      );
  }

  #arrow(from: number, line: string, to: number, text: string, event: TraceEvent): void {
    if (to < 0) return;
    const source = from < 0 ? "" : this.#actor(from);
    const target = this.#actor(to);
    this.#moveTime(event);
    if (source !== "") {
      this.#push(`${source}${line}${target}: ${escaped(text)}`);
      return;
    }
    const { who, what } = textOf(event, this.#travel.index);
    this.#push(`Note over ${target}: ${escaped(event.kind === "name" ? what : `${who} ${what}`)}`);
  }

  #note(task: number, event: TraceEvent): void {
    if (task < 0) return;
    const actor = this.#actor(task);
    this.#moveTime(event);
    const { what } = textOf(event, this.#travel.index);
    this.#push(`Note over ${actor}: ${escaped(what)}`);
  }

  /** A line across the diagram whenever something happens at a later time than before. */
  #moveTime({ event }: TraceEvent): void {
    const { index } = this.#travel;
    const now = index.timeAt(event);
    if (now === this.#now) return;
    this.#now = now;
    const over = this.#across();
    if (over !== "") this.#push(`Note over ${over}: t=${escaped(`${now}${index.unit}`)}`);
  }

  /** From the first to the last of those who are there. */
  #across(): string {
    const ids = [...this.#actors.keys()];
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return "";
    return first === last ? `A${first}` : `A${first},A${last}`;
  }

  #actor(id: number): string {
    if (!this.#actors.has(id)) {
      const { index } = this.#travel;
      const label = this.#isTask(id) ? index.pathOf(id) : `${index.typeOf(id)} ${index.pathOf(id)}`;
      const line = `participant A${id} as ${escaped(label.trim() || `task or object ${id}`)}`;
      this.#actors.set(id, line);
      this.#characters += line.length + 1;
    }
    return `A${id}`;
  }

  #isTask(id: number): boolean {
    return this.#travel.index.typeOf(id) === "task";
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#characters += line.length + 1;
  }
}

function* write(
  travel: TimeTravel,
  options: ExportOptions = {},
): Generator<string, void, undefined> {
  const [from, to] = windowOf(travel, options);
  const diagram = new Diagram(travel);
  let rest = "";
  for (const event of travel.search({ from, to, task: options.task })) {
    if (diagram.add(event)) continue;
    rest = `cut at Mermaid's limits, goes on with event ${event.event}`;
    break;
  }
  yield diagram.text(rest);
}

/** A sequence diagram. As many events of the window are drawn as Mermaid takes. */
export const mermaid: Exporter = {
  name: "mermaid",
  summary: `a sequence diagram for Mermaid; up to its limits of ${MAX_EDGES} arrows and ${MAX_CHARACTERS} characters`,
  extension: ".mmd",
  write,
};
