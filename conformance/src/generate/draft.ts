import type { CoroutineSpec, Op, ObjectSpec } from "../scenario.ts";
import type { Chance, Weighted } from "./chance.ts";

/** Ops that belong together, such as `acquire` and a `try` that releases. */
export type Fragment = (draft: Draft) => readonly Op[];

/** What all programs of a scenario share while it is written. */
export interface Outline {
  readonly chance: Chance;
  /** The times that it sleeps for, and its deadlines. */
  readonly times: readonly number[];
  readonly objects: { readonly [name: string]: ObjectSpec };
  /** The tasks that the scenario begins with. */
  readonly mains: readonly string[];
  /** What a program may do, by depth of nesting. */
  readonly fragments: readonly Weighted<Fragment>[];
  readonly leaves: readonly Weighted<Fragment>[];
  /** Names of timeouts and groups, which are global. */
  readonly timeouts: string[];
  readonly groups: string[];
  readonly labels: string[];
  marks: number;
}

const DEEPEST = 4;

/** A program that is being written: the body of a task or coroutine, or a block in it. */
export class Draft {
  readonly outline: Outline;
  /** The task or coroutine whose ops these are. */
  readonly owner: string;
  readonly depth: number;
  /** What the owner has started and may wait for; shared with its blocks. */
  readonly children: string[];
  /** Whether a `break` or `continue` would have a loop around it. */
  readonly looped: boolean;

  constructor(outline: Outline, owner: string, depth: number, children: string[], looped: boolean) {
    this.outline = outline;
    this.owner = owner;
    this.depth = depth;
    this.children = children;
    this.looped = looped;
  }

  get chance(): Chance {
    return this.outline.chance;
  }

  time(): number {
    return this.chance.pick(this.outline.times);
  }

  /** Text for a `log`, different each time. */
  mark(): string {
    return `m${++this.outline.marks}`;
  }

  /** Names of the objects of one of `types`. */
  objects(...types: readonly string[]): string[] {
    const { objects } = this.outline;
    return Object.keys(objects).filter((name) => types.includes(objects[name]?.type ?? ""));
  }

  /**
   * What the owner may wait for: its children, futures, and tasks that come after it in the alphabet.
   * So no ring of tasks can come about, which CPython cannot cancel (CANCEL-17).
   */
  awaitables(): string[] {
    const first = this.owner.charAt(0);
    const later = this.outline.mains.filter((name) => name.charAt(0) > first);
    return [...later, ...this.children, ...this.objects("future")];
  }

  /** Ops of a body that begins anew, or of a block in this one. */
  ops(count: number): Op[] {
    const { fragments, leaves } = this.outline;
    const choices = this.depth >= DEEPEST ? leaves : fragments;
    const ops: Op[] = [];
    for (let i = 0; i < count; i++) ops.push(...this.chance.weighted(choices)(this));
    return ops;
  }

  /** A few ops one level deeper, of the same owner. */
  block(most = 3, looped: boolean = this.looped): Op[] {
    const inner = new Draft(this.outline, this.owner, this.depth + 1, this.children, looped);
    return inner.ops(this.chance.between(1, most));
  }

  /** A name for something that the owner starts; now and then one that it has used before. */
  childName(): string {
    if (this.children.length > 0 && this.chance.is(0.04)) return this.chance.pick(this.children);
    const name = `${this.owner}_${this.children.length + 1}`;
    this.children.push(name);
    return name;
  }

  /** The ops of a coroutine called `name`. */
  program(name: string, most = 3): Op[] {
    const inner = new Draft(this.outline, name, this.depth + 1, [], false);
    return inner.ops(this.chance.between(1, most));
  }

  coroutine(): CoroutineSpec {
    const as = this.childName();
    return { as, run: this.program(as) };
  }
}
