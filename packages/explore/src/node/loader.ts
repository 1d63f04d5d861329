/** What `hook` registers where Node.js keeps loaders in a thread of their own (before 22.15). */
import { type Loaded, rewritingOf } from "./loading.ts";
import type { HandOverFiles } from "./selection.ts";

let rewriting = rewritingOf({});

export function initialize(files: HandOverFiles): void {
  rewriting = rewritingOf(files);
}

export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await next(url, context);
  // Without a text it goes on to where CommonJS is compiled, and is rewritten there.
  return loaded.format === "commonjs" && loaded.source == null ? loaded : rewriting(url, loaded);
}
