import { inspect } from "node:util";
import { isDeadlock } from "../errors.ts";
import { className, errorText } from "../outcomes.ts";
import { placeOf } from "../signature.ts";
import type { ErrorFacts } from "./campaign-part.ts";

/** What there is to say of an error to another thread. */
export function factsOf(error: unknown): ErrorFacts {
  const { code, message } = (Object(error) as Partial<Record<string, unknown>>) ?? {};
  return {
    name: className(Object(error) as object),
    code: typeof code === "string" ? code : null,
    message: typeof message === "string" ? message : String(error),
    text: errorText(error),
    place: isDeadlock(error) ? "" : placeOf(error),
    stack: inspect(error),
  };
}

/** What a campaign itself says of a failure. */
export function ownFacts(code: string, message: string): ErrorFacts {
  const text = `${code}: ${message}`;
  return {
    name: "CampaignError",
    code,
    message,
    text,
    place: "",
    stack: `CampaignError [${code}]: ${message}`,
  };
}

/** Of a failure, what stands below its first line. */
export function belowOf(reason: string, { place, message }: ErrorFacts): string[] {
  if (reason === "deadlock") return message.split("\n").slice(1);
  return place === "" ? [] : [`  ${place}`];
}
