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
export { campaign } from "./node/campaign.ts";
export { CampaignError } from "./node/campaign-error.ts";
export type { CampaignOptions, CampaignProgress } from "./node/campaign-options.ts";
export type {
  CampaignFailure,
  CampaignFailureReason,
  CampaignShrunk,
  ErrorFacts,
} from "./node/campaign-part.ts";
export type { CampaignOutcome, CampaignResult } from "./node/campaign-result.ts";
export type { LoadProgram } from "./node/load-program.ts";
