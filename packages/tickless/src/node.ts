/**
 * Traces in files, for programs that install `tickless` alone.
 *
 * @packageDocumentation
 */
export { programOf, readTrace, writeTrace } from "@tickless/trace/node";
