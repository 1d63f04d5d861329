/**
 * What needs Node.js: rewriting sources so that their awaits hand over.
 *
 * @packageDocumentation
 */
export { type Rewritten, rewriteAwaits, type SourceKind } from "./node/rewrite.ts";
