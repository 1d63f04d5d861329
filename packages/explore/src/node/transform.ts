import { rewriteAwaits } from "./rewrite.ts";
import { type HandOverFiles, selectionOf } from "./selection.ts";

/**
 * What loaders such as jiti give a transform.
 *
 * @category Exploring
 */
export interface TransformOptions {
  /** The text of the module. */
  readonly source: string;
  /** Its path. */
  readonly filename?: string;
}

/**
 * What they take from it.
 *
 * @category Exploring
 */
export interface Transformed {
  /** The compiled text. */
  code: string;
}

/**
 * Puts the rewriting of awaits (rule S10.10) in front of a transform, for loaders that have TypeScript
 * compiled by one, as the command does with jiti. A compiler that reads the map of its input finds it
 * at the end.
 *
 * @throws TypeError if `files` is not what it should be
 * @category Exploring
 */
export function transformWithHandOvers<O extends TransformOptions>(
  transform: (options: O) => string,
  files: HandOverFiles = {},
): (options: O) => Transformed {
  const selected = selectionOf(files);
  return (options) => {
    const file = options.filename?.replaceAll("\\", "/") ?? "";
    const rewritten = selected(file) ? rewriteAwaits(options.source, { file }) : null;
    if (rewritten === null) return { code: transform(options) };
    const source = `${rewritten.code}\n//# sourceMappingURL=${rewritten.map.toUrl()}\n`;
    return { code: transform({ ...options, source }) };
  };
}
