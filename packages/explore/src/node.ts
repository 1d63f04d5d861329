/**
 * What needs Node.js: sources whose awaits hand over.
 *
 * @packageDocumentation
 */
export { registerHandOvers } from "./node/hook.ts";
export { type Rewritten, rewriteAwaits, type SourceKind } from "./node/rewrite.ts";
export type { HandOverFiles } from "./node/selection.ts";
export {
  type Transformed,
  type TransformOptions,
  transformWithHandOvers,
} from "./node/transform.ts";
