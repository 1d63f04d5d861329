import * as nodeModule from "node:module";
import { pathToFileURL } from "node:url";
import { type Loaded, rewritingOf } from "./loading.ts";
import type { HandOverFiles } from "./selection.ts";

/** The part that is used of `module.registerHooks`, which Node.js has since 22.15. */
interface SynchronousHooks {
  registerHooks?(hooks: {
    load(url: string, context: unknown, next: (url: string, context: unknown) => Loaded): Loaded;
  }): { deregister(): void };
}

/** By this the text of each CommonJS module is compiled; other loaders patch it too. */
const COMPILE = "_compile";

type Compile = (this: unknown, text: string, path: string, format?: string) => unknown;

/**
 * Where Node.js keeps loaders in a thread of their own, what they answer for CommonJS is run with a `require`
 * that cannot load ES modules, and what is required goes past them. So these are rewritten where they
 * are compiled; `loader` leaves them to that.
 */
function rewriteCommonJs(rewriting: ReturnType<typeof rewritingOf>): void {
  const modules = nodeModule.Module.prototype as unknown as Record<typeof COMPILE, Compile>;
  const compile = modules[COMPILE];
  modules[COMPILE] = function (text, path, format) {
    const loaded: Loaded = { format: format ?? "commonjs", source: text };
    const { source } = rewriting(pathToFileURL(path).href, loaded);
    return compile.call(this, source as string, path, format);
  };
}

/**
 * Makes every `await` of the modules that are loaded from now on a hand-over (rule S10.10), as the plugin
 * for Vite does: of the program's own files, or of those that `files` names. Call it before they are
 * imported, or in a file that `node --import` names.
 *
 * JavaScript is rewritten, and TypeScript where this Node.js loads it by itself, or another loader turns it
 * into JavaScript; register that one first. On Node.js before 22.15 what it has begun cannot be ended. Stack traces lead to the sources with `--enable-source-maps`.
 *
 * @returns what ends it: modules that are loaded later are left alone
 * @throws TypeError if `files` is not what it should be
 * @category Exploring
 */
export function registerHandOvers(files: HandOverFiles = {}): () => void {
  const rewriting = rewritingOf(files);
  const hooks = (nodeModule as unknown as SynchronousHooks).registerHooks?.({
    load: (url, context, next) => rewriting(url, next(url, context)),
  });
  if (hooks !== undefined) return () => hooks.deregister();
  rewriteCommonJs(rewriting);
  nodeModule.register(import.meta.url.replace(/hook(\.\w+)$/, "loader$1"), { data: files });
  return () => undefined;
}
