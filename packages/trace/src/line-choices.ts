import type { Policy } from "@tickless/core/kit";
import { ChoiceReader } from "./packed-choices.ts";
import type { Repro } from "./repro.ts";

const ADVICE =
  "Replay it with the very program that printed it: the same version of its sources, the same arguments and options. " +
  "If it has changed since, its line cannot lead back: find the failure again (`npx tickless explore FILE`), " +
  "or replay a recording, which says where the two part (`npx tickless run FILE --record run.trace`).";

/**
 * Takes the choices of a repro line; calls are made for real. Where the line ends, or does not fit, option 0
 * is taken: a line may leave out a last part in which nothing else was chosen.
 */
export class LineChoices implements Policy {
  readonly fifo: boolean;
  readonly #reader: ChoiceReader;
  readonly #handOvers: boolean;
  /** How many choices were taken from the line. */
  #taken = 0;
  /** The first for which the line has no option. */
  #wrong: { readonly choice: number; readonly count: number } | null = null;

  constructor(choices: string, { options, handOvers = false }: Repro) {
    this.#reader = new ChoiceReader(choices);
    this.#handOvers = handOvers;
    this.fifo = !options.policy;
  }

  choose(_kind: unknown, count: number): number {
    if (this.#reader.left === 0) return 0;
    const picked = this.#wrong === null ? this.#reader.next(count) : 0;
    if (picked === null) this.#wrong = { choice: this.#taken + 1, count };
    else if (this.#wrong === null) this.#taken++;
    return picked ?? 0;
  }

  /** After the run: in which way it is not the one that the line is of, and what to do. null: nothing says so. */
  get misfit(): string | null {
    const why = this.#why();
    if (why === null) return null;
    const rewritten = this.#handOvers
      ? " The line counts on awaits that hand over (its field `h`), as `tickless replay`, `tickless explore` and the " +
        "Vite plugin rewrite them; given to `replay` as it is, `main` may not be rewritten."
      : "";
    return `The repro line is of another program, or of another version of this one: ${why}${rewritten} ${ADVICE}`;
  }

  #why(): string | null {
    if (this.#wrong !== null) {
      const { choice, count } = this.#wrong;
      return (
        `at choice ${choice} there were ${count} options here, and what the line says is none of them. ` +
        "From there on option 0 was taken."
      );
    }
    const { left } = this.#reader;
    if (left === 0) return null;
    const taken = this.#taken === 1 ? "1 choice was" : `${this.#taken} choices were`;
    return (
      `it holds more choices than there were to take. In this run ${taken} to be taken, and then it ended, with ` +
      `${left === 1 ? "1 bit" : `${left} bits`} of the line left over.`
    );
  }
}

/** Takes the choices of a repro line; null if it has none. */
export function choicesOf(repro: Repro): LineChoices | null {
  return repro.choices === null ? null : new LineChoices(repro.choices, repro);
}
