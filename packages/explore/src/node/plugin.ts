import { type HandOverFiles, selectionOf } from "./selection.ts";
import { rewriteAwaits, type Rewritten } from "./rewrite.ts";

/**
 * What Vite takes as a plugin; no type of Vite's stands here, so that it need not be installed.
 *
 * @category Exploring
 */
export interface HandOverPlugin {
  /** How Vite names it in messages. */
  readonly name: string;
  /** It comes before those that change the sources. */
  readonly enforce: "pre";
  /** Makes packages that are to be rewritten go through Vite, and tells tests that the plugin is there. */
  config(): object;
  /** Rewrites a module. */
  readonly transform: {
    /** What Vite need not ask about. */
    readonly filter: {
      /** What is in the text of all others. */
      readonly code: RegExp;
    };
    /** Answers null for what stays as it is. */
    handler(code: string, id: string): Rewritten | null;
  };
}

/**
 * Packages in node_modules that are to be rewritten must go through Vite, and not past it to Node.js. The
 * variable tells tests that the plugin is there: `simTest` warns where it is not and nothing was explored.
 */
function configured({ include }: HandOverFiles): object {
  const env = { TICKLESS_HAND_OVERS: "1" };
  const list = include === undefined ? [] : [include].flat();
  return { test: list.length === 0 ? { env } : { env, server: { deps: { inline: list } } } };
}

/**
 * Makes every `await` of the project's own sources a hand-over (rule S10.10): under a policy that
 * chooses, another task may run there, as in plain JavaScript. Without one, and outside a run, nothing
 * changes. It comes before other plugins, so that it sees the sources as they were written; files that
 * are no JavaScript or TypeScript are left alone.
 *
 * ```ts fragment
 * // vitest.config.ts
 * import { defineConfig } from "vitest/config";
 * import { handOvers } from "@tickless/explore/vite";
 *
 * export default defineConfig({ plugins: [handOvers()] });
 * ```
 *
 * @throws TypeError if `files` is not what it should be
 * @category Exploring
 */
export function handOvers(files: HandOverFiles = {}): HandOverPlugin {
  const selected = selectionOf(files);
  return {
    name: "tickless:hand-overs",
    enforce: "pre",
    config: () => configured(files),
    transform: {
      filter: { code: /\basync\b|\bawait\b/ },
      handler(code, id) {
        const file = id.replace(/[?#].*$/, "");
        return id.includes("\0") || !selected(file) ? null : rewriteAwaits(code, { file });
      },
    },
  };
}
