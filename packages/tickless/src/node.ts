/**
 * Traces in files, for programs that install `tickless` alone.
 *
 * @packageDocumentation
 */
export { readTrace, writeTrace } from "@tickless/trace/node";
