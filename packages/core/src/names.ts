import { badRange, badType } from "./errors.ts";

/** Refuses names that could not be told from paths, doublets or ordinals (rule S11). */
export function checkName(name: unknown): string | undefined {
  if (name === undefined) return undefined;
  if (typeof name !== "string") throw badType("name", "a string", name);
  if (name === "" || /[/#]/.test(name) || /^\d+$/.test(name)) {
    throw badRange(
      "name",
      "a name without `/` and `#` that is not empty and not digits alone",
      name,
      "Those are what paths, second uses of a name and unnamed tasks look like.",
    );
  }
  return name;
}

/** How many of those that are not done a report names. */
const MOST_NAMED = 3;

/** `of which 1 of 100 is not done: \`main/7\`` */
export function pendingText(pending: readonly { readonly path: string }[], count: number): string {
  const names = pending.slice(0, MOST_NAMED).map(({ path }) => `\`${path}\``);
  const more = pending.length - names.length;
  const others = more === 0 ? "" : ` and ${more} more`;
  const are = pending.length === 1 ? "is" : "are";
  return `of which ${pending.length} of ${count} ${are} not done: ${names.join(", ")}${others}`;
}

/**
 * One segment of a path and the counters for what is named below it. A task has a node only once
 * something is named below it; a path is put together when somebody asks for it.
 */
export class NameNode {
  readonly parent: NameNode | null;
  readonly segment: string;
  /** Id of the task whose children these are; -1 at the root. */
  readonly id: number;
  #tasks = 0;
  /**
   * Uses of each explicit name, so that a second use can be told apart. Of what is called
   * `kind-ordinal` the ordinals alone are kept: a task may make a future a step for ever.
   */
  #uses: Map<string, number> | null = null;
  #ordinals: Map<string, number> | null = null;

  constructor(parent: NameNode | null, segment: string, id: number) {
    this.parent = parent;
    this.segment = segment;
    this.id = id;
  }

  /** A segment that nothing else below this node has. */
  claim(kind: string, name: string | undefined): string | number {
    if (name !== undefined) return this.#unique(name);
    if (kind === "task") return ++this.#tasks;
    this.#ordinals ??= new Map();
    const ordinal = (this.#ordinals.get(kind) ?? 0) + 1;
    this.#ordinals.set(kind, ordinal);
    const automatic = `${kind}-${ordinal}`;
    return this.#uses?.has(automatic) === true ? this.#unique(automatic) : automatic;
  }

  /** Path of what is called `segment` below this node. */
  pathOf(segment: string): string {
    if (this.parent === null) return segment;
    const segments = [segment, this.segment];
    for (let node = this.parent; node.parent !== null; node = node.parent) {
      segments.push(node.segment);
    }
    return segments.toReversed().join("/");
  }

  #unique(name: string): string {
    this.#uses ??= new Map();
    const uses = (this.#uses.get(name) ?? (this.#wasAutomatic(name) ? 1 : 0)) + 1;
    this.#uses.set(name, uses);
    return uses === 1 ? name : `${name}#${uses}`;
  }

  /** Whether an object without a name was called `name`. */
  #wasAutomatic(name: string): boolean {
    const dash = name.lastIndexOf("-");
    const ordinal = Number(name.slice(dash + 1));
    const kind = name.slice(0, Math.max(dash, 0));
    if (name !== `${kind}-${ordinal}` || !Number.isInteger(ordinal)) return false;
    return ordinal >= 1 && ordinal <= (this.#ordinals?.get(kind) ?? 0);
  }
}
