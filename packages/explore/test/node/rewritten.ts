import { rewriteAwaits } from "../../src/node.ts";

/** What a text of the tests exports: it writes down what it does. */
export type Body = (log: (text: unknown) => void) => Promise<unknown>;

let modules = 0;

async function bodyOf(code: string): Promise<Body> {
  // A number at the end, or the second module of one text would be the first.
  const url = `data:text/javascript,${encodeURIComponent(code)}//${++modules}`;
  const module = (await import(/* @vite-ignore */ url)) as { default: Body };
  return module.default;
}

/** The text of an async function's body as a module, as it was written. */
export function written(body: string, before = ""): string {
  return `${before}\nexport default async function (log) {\n${body}\n}\n`;
}

/** That function, as it was written. */
export function plain(body: string, before = ""): Promise<Body> {
  return bodyOf(written(body, before));
}

/** That function, rewritten. */
export async function rewritten(body: string, before = ""): Promise<Body> {
  const result = rewriteAwaits(written(body, before), { file: "text.js" });
  if (result === null) throw new Error("There was nothing to rewrite.");
  return bodyOf(result.code);
}

function told(value: unknown): string {
  return value instanceof Error ? `${value.constructor.name}: ${value.message}` : String(value);
}

/** Everything that `body` does, to its end. */
export async function course(body: Body): Promise<readonly string[]> {
  const lines: string[] = [];
  const end = await body((value) => void lines.push(told(value))).then(
    (value) => `returns ${told(value)}`,
    (error: unknown) => `throws ${told(error)}`,
  );
  return [...lines, end];
}

/** The same, each with the number of the microtask in which it happens: nothing else may be waited for. */
export async function courseInMicrotasks(body: Body): Promise<readonly string[]> {
  const state = { microtask: 0, ended: false };
  const lines: string[] = [];
  const whole = course((log) =>
    body((value) => {
      lines.push(`${state.microtask} ${told(value)}`);
      log(value);
    }),
  );
  void whole.then(() => (state.ended = true));
  while (!state.ended) {
    await Promise.resolve();
    state.microtask++;
  }
  return [...lines, ...(await whole), `${state.microtask} microtasks`];
}
