import type { ErrorFacts } from "./campaign-part.ts";

/**
 * A campaign could not begin: its program failed while it was loaded, or is none.
 *
 * @category Exploring
 */
export class CampaignError extends Error {
  /** What was thrown where it was loaded. */
  readonly facts: ErrorFacts;

  constructor(facts: ErrorFacts) {
    super(facts.message);
    this.name = "CampaignError";
    this.facts = facts;
  }
}
