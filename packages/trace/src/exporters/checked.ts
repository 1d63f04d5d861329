import { badRange, badType, checkNames } from "@tickless/core/kit";
import type { TimeTravel } from "../time-travel.ts";
import type { Exporter, ExportOptions } from "./exporter.ts";

const HINT = "Of a trace: `new TimeTravel(trace)`.";

function checkTravel(travel: unknown): void {
  const { trace, index, search } = (travel ?? {}) as Partial<TimeTravel>;
  if (trace === undefined || index === undefined || typeof search !== "function") {
    throw badType("travel", "a TimeTravel", travel, HINT);
  }
}

function checkExport(options: ExportOptions): void {
  checkNames(options, ["from", "to", "task", "width"]);
  for (const name of ["from", "to"] as const) {
    const event = options[name];
    if (event === undefined) continue;
    if (typeof event !== "number" || Number.isNaN(event)) {
      throw badType(`options.${name}`, "the number of an event", event);
    }
  }
  const { task, width } = options;
  if (task !== undefined && typeof task !== "string") {
    throw badType("options.task", "the path of a task", task);
  }
  if (width !== undefined && !(typeof width === "number" && width >= 1)) {
    throw badRange("options.width", "a number of characters ≥ 1", width);
  }
}

/** A format that refuses at once what it cannot take, before its first piece. */
export function checked(exporter: Exporter): Exporter {
  return {
    ...exporter,
    write: (travel, options = {}) => {
      checkTravel(travel);
      checkExport(options);
      return exporter.write(travel, options);
    },
  };
}
