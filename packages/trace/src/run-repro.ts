import type { RunOptions } from "@tickless/core";
import type { ChoiceKind, Policy, Repros } from "@tickless/core/kit";
import { ChoiceWriter } from "./packed-choices.ts";
import { formatRepro, reproOf } from "./repro.ts";

/** Longer lines fill a terminal, and a list that gets longer is not kept. */
const LONGEST_LINE = 1000;

/** A policy, and the list of what it has chosen while that still fits a line. */
class KeptPolicy implements Policy {
  readonly fifo: boolean;
  declare readonly touch?: (id: number) => void;
  declare readonly external?: (call: number) => string | null | undefined;
  readonly #policy: Policy;
  #writer: ChoiceWriter | null = new ChoiceWriter();

  constructor(policy: Policy) {
    this.#policy = policy;
    this.fifo = policy.fifo === true;
    // The engine asks whether they are there.
    if (policy.touch !== undefined) this.touch = (id) => policy.touch?.(id);
    if (policy.external !== undefined) this.external = (call) => policy.external?.(call);
  }

  choose(kind: ChoiceKind, count: number, task: (index: number) => number): number {
    const picked = this.#policy.choose(kind, count, task);
    this.#writer?.add(count, picked);
    if ((this.#writer?.length ?? 0) > LONGEST_LINE) this.#writer = null;
    return picked;
  }

  /** What it has chosen, packed; null if that is too long. */
  get choices(): string | null {
    return this.#writer?.toString() ?? null;
  }
}

/** The line of a run of `run` or `runSync`; null if it would be too long. */
function lineOf(options: RunOptions): string | null {
  const { policy, ...others } = options;
  const repro = { ...reproOf({ ...others, until: undefined }), drive: "run" } as const;
  if (!(policy instanceof KeptPolicy) || policy.fifo) return formatRepro(repro);
  const { choices } = policy;
  if (choices === null) return null;
  return formatRepro({ ...repro, options: { ...repro.options, policy: true }, choices });
}

/** Tells how to take a failed run again (rule S10.17). */
export const runRepros: Repros = {
  keep: (policy) => new KeptPolicy(policy),
  lines: (options) => {
    const line = lineOf(options);
    if (line === null || line.length > LONGEST_LINE) return null;
    const inCode = `  await replay("${line}", main)`;
    // Whether awaits were rewritten, on which choices count, only the program itself knows.
    if (options.policy !== undefined) return `repro: ${line}\n${inCode}`;
    return `repro: ${line}\n  npx tickless replay ${line} FILE\n${inCode}\nFILE is the program whose default export is main.`;
  },
};
