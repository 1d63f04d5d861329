import { isTicklessError, type RunResult } from "@tickless/core";
import { isOwnFrame } from "@tickless/core/kit";
import { InvariantError, isDeadlock } from "./errors.ts";
import type { Failure } from "./failure.ts";

/** A frame that is neither Tickless's nor the host's nor a library's. */
function isOfProgram(frame: string): boolean {
  if (isOwnFrame(frame) || /\bnode:|<anonymous>/.test(frame)) return false;
  return !frame.replaceAll("\\", "/").includes("/node_modules/");
}

/** Where in the program an error was made: `at transfer (bank.ts:8:11)`; empty if its stack does not tell. */
export function placeOf(error: unknown): string {
  const { stack } = (error ?? {}) as { readonly stack?: unknown };
  if (typeof stack !== "string") return "";
  const frames = stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => /^at .|@.*:\d+:\d+$/.test(line));
  return frames.find(isOfProgram) ?? "";
}

function classOf(error: object): string {
  const { name, constructor: made } = error as {
    readonly name?: unknown;
    readonly constructor?: { readonly name?: unknown };
  };
  return [made?.name, name].filter((part) => typeof part === "string").join(" ");
}

/**
 * By which a failure is known again in another schedule: the class of the error and the place where it
 * was made, since a message may tell a balance that differs from order to order; of a deadlock who waits
 * for what.
 */
function errorSignature(error: unknown): string {
  if (typeof error !== "object" || error === null) return `${typeof error} ${String(error)}`;
  if (isDeadlock(error)) {
    const blocked = error.blocked.map(({ task, waits }) => {
      const things = waits.map(({ kind, path, verb = "" }) => `${verb} ${kind} ${path ?? ""}`);
      return `${task}: ${things.toSorted().join(", ")}`;
    });
    return `deadlock ${blocked.toSorted().join("; ")}`;
  }
  const code = isTicklessError(error) ? error.code : "";
  const name = error instanceof InvariantError ? error.invariant : "";
  const { errors } = error as { readonly errors?: unknown };
  const inner = Array.isArray(errors) ? errors.map(errorSignature).toSorted() : [];
  return [classOf(error), code, name, placeOf(error), ...inner].join(" | ");
}

/** What has come of a schedule, so that it can be told whether another comes to the same. */
export function signatureOf<T>(
  result: RunResult<T>,
  failed: Pick<Failure, "error" | "reason"> | null,
  outcome: (result: RunResult<T>) => string,
): string {
  if (failed === null) return `returned ${outcome(result)}`;
  return `${failed.reason} ${errorSignature(failed.error)}`;
}
