/**
 * The plugin for Vite and Vitest that makes awaits hand-overs.
 *
 * @packageDocumentation
 */
export { type HandOverPlugin, handOvers } from "./node/plugin.ts";
export type { Rewritten } from "./node/rewrite.ts";
export type { HandOverFiles } from "./node/selection.ts";
