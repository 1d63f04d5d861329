/**
 * The plugin for Vite and Vitest that makes awaits hand-overs, for projects that install `tickless` alone.
 * `@tickless/vitest/plugin` has the same one.
 *
 * @packageDocumentation
 */
export {
  type HandOverFiles,
  type HandOverPlugin,
  handOvers,
  type Rewritten,
} from "@tickless/explore/vite";
