import { MagicString, type SourceMap } from "magic-string";
import { type ParserOptions, parseSync, Visitor } from "oxc-parser";

/**
 * A source whose awaits hand over.
 *
 * @category Exploring
 */
export interface Rewritten {
  /** The text that takes its place. */
  readonly code: string;
  /** From `code` to the source that was given. */
  readonly map: SourceMap;
}

/**
 * What is to be known of a source that is rewritten.
 *
 * @category Exploring
 */
export interface SourceKind {
  /** Path or URL: it names the source in the map, and its ending the language. */
  readonly file: string;
  /** Default: by the ending. */
  readonly lang?: ParserOptions["lang"];
  /** `commonjs`: `await` is a name outside async functions. Default: `module`, but for .cjs and .cts. */
  readonly sourceType?: "module" | "commonjs";
}

/** Sources without any of these have nothing to rewrite, and need not be parsed. */
const asynchronous = /\basync\b|\bawait\b/;

const languages = new Map<string, NonNullable<ParserOptions["lang"]>>([
  ["ts", "ts"],
  ["mts", "ts"],
  ["cts", "ts"],
  ["tsx", "tsx"],
  // JSX is told by the parser from all else that JavaScript has.
  ["js", "jsx"],
  ["mjs", "jsx"],
  ["cjs", "jsx"],
  ["jsx", "jsx"],
]);

/** The language of `file` by its ending; undefined if that is neither JavaScript nor TypeScript. */
export function languageOf(file: string): NonNullable<ParserOptions["lang"]> | undefined {
  const ending = /\.(\w+)(?:[?#].*)?$/.exec(file)?.[1];
  return ending === undefined ? undefined : languages.get(ending);
}

/**
 * The functions that rewritten code calls. They stand at the end of the source: a declaration can be
 * called before the module is evaluated, as imports that go round in a circle and hoisted mocks do, and
 * there it moves no line. They import nothing, so that they work in any module, of any package, loaded
 * before Tickless or without it.
 */
const prelude = {
  await: (name: string) => `function ${name}(v){${found(name)}return a?a.value(v):v}`,
  each: (name: string) => `function ${name}(v){${found(name)}return a?a.each(v):v}`,
  disposal: (name: string) => `function ${name}(){${found(name)}return a?a.disposal():null}`,
} as const;

type Helper = keyof typeof prelude;

/** Nothing else has this in its text, so it tells what has been rewritten already. */
const lookup = 'globalThis[Symbol.for("tickless.driver")]?.awaits';

function found(name: string): string {
  return `const a=${name}.a??=${lookup};`;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Writes the hand-overs into one source, from the inside out. */
class Rewriter {
  readonly #text: MagicString;
  readonly #prefix: string;
  readonly #used = new Set<Helper>();
  /** For each function around the place of the visit: whether it is an async generator. */
  readonly #functions: boolean[] = [];
  #names = 0;

  constructor(source: string) {
    this.#text = new MagicString(source);
    let prefix = "__tickless";
    while (source.includes(prefix)) prefix = `_${prefix}`;
    this.#prefix = prefix;
  }

  get changed(): boolean {
    return this.#used.size > 0;
  }

  result(file: string): Rewritten {
    for (const helper of this.#used) {
      this.#text.append(`\n${prelude[helper](this.#named(helper))}`);
    }
    const map = this.#text.generateMap({ source: file, includeContent: true, hires: "boundary" });
    return { code: this.#text.toString(), map };
  }

  entered(isAsyncGenerator: boolean): void {
    this.#functions.push(isAsyncGenerator);
  }

  left(): void {
    this.#functions.pop();
  }

  /**
   * Code outside functions runs while its module is loaded, which is real and belongs to no step. It stays
   * as it is also because Vitest moves `await vi.hoisted(…)` by its text.
   */
  get atTopLevel(): boolean {
    return this.#functions.length === 0;
  }

  get inAsyncGenerator(): boolean {
    return this.#functions.at(-1) === true;
  }

  /** `yield` by itself awaits undefined. */
  nothing(node: Span): void {
    this.#text.appendLeft(node.end, ` ${this.#helper("await")}()`);
  }

  /** An expression, in parentheses if it has commas. */
  wrap(helper: Helper, node: Span, hasCommas = false): void {
    const [open, close] = hasCommas ? ["((", "))"] : ["(", ")"];
    this.#text.appendRight(node.start, this.#helper(helper) + open).appendLeft(node.end, close);
  }

  /** One `await using` name: what stands in front of it is disposed of behind it. */
  disposal(node: Span): void {
    this.#text.appendRight(node.start, `${this.#companion()}, `);
  }

  /** `for (await using x of …)`: the declaration goes into the body, which can hold two. */
  disposalInLoop(declaration: Span, name: string, body: Span): void {
    const value = this.#newName();
    this.#text
      .update(declaration.start, declaration.end, `const ${value}`)
      .appendRight(body.start, `{ await using ${this.#companion()}, ${name} = ${value}; `)
      .appendLeft(body.end, " }");
  }

  #companion(): string {
    return `${this.#newName()} = ${this.#helper("disposal")}()`;
  }

  #newName(): string {
    return `${this.#prefix}${++this.#names}`;
  }

  #helper(helper: Helper): string {
    this.#used.add(helper);
    return this.#named(helper);
  }

  #named(helper: Helper): string {
    return `${this.#prefix}_${helper}`;
  }
}

function visitorOf(rewriter: Rewriter): Visitor {
  const enter = (node: { async: boolean; generator: boolean }): void =>
    rewriter.entered(node.async && node.generator);
  const leave = (): void => rewriter.left();
  return new Visitor({
    FunctionDeclaration: enter,
    "FunctionDeclaration:exit": leave,
    FunctionExpression: enter,
    "FunctionExpression:exit": leave,
    ArrowFunctionExpression: enter,
    "ArrowFunctionExpression:exit": leave,
    "AwaitExpression:exit": ({ argument }) => {
      if (!rewriter.atTopLevel) rewriter.wrap("await", argument);
    },
    "YieldExpression:exit": (node) => {
      if (!rewriter.inAsyncGenerator) return;
      if (node.argument === null) rewriter.nothing(node);
      else rewriter.wrap(node.delegate ? "each" : "await", node.argument);
    },
    "ReturnStatement:exit": ({ argument }) => {
      if (!rewriter.inAsyncGenerator || argument === null) return;
      rewriter.wrap("await", argument, argument.type === "SequenceExpression");
    },
    "ForOfStatement:exit": ({ await: awaits, left, right, body }) => {
      if (rewriter.atTopLevel) return;
      if (awaits) rewriter.wrap("each", right);
      if (left.type !== "VariableDeclaration" || left.kind !== "await using") return;
      const id = left.declarations[0]?.id;
      if (id?.type === "Identifier") rewriter.disposalInLoop(left, id.name, body);
    },
    "VariableDeclaration:exit": (node) => {
      if (node.kind !== "await using" || rewriter.atTopLevel) return;
      // Those without a value stand in the head of a `for … of`.
      for (const one of node.declarations) if (one.init !== null) rewriter.disposal(one);
    },
  });
}

/**
 * Rewrites the awaits of a source so that each may let another task in (rule S10.10): of `await`, of
 * `for await`, `await using`, and of what an async generator yields and returns; those at the top level
 * of a module stay. Answers null if there is nothing to rewrite; also if the source cannot be parsed, since
 * whoever loads it says what is wrong with it.
 *
 * @category Exploring
 */
export function rewriteAwaits(source: string, kind: SourceKind): Rewritten | null {
  if (!asynchronous.test(source) || source.includes(lookup)) return null;
  const { file } = kind;
  const lang = kind.lang ?? languageOf(file);
  if (lang === undefined) return null;
  const sourceType = kind.sourceType ?? (/\.c[jt]s$/.test(file) ? "commonjs" : "module");
  const { program } = parseSync(file, source, { lang, sourceType });
  const rewriter = new Rewriter(source);
  visitorOf(rewriter).visit(program);
  return rewriter.changed ? rewriter.result(file) : null;
}
