import type { Configuration } from "./configuration/schema.ts";

/** EventBridge's quota for a rule's pattern. */
export const maximumPatternBytes = 2048;

const partnerPrefix = "aws.partner/genesys.com/cloud/";

/** Nobody but the partner can put events with its `source`, so tests put them with this before it. */
export const simulatedPrefix = `simulate.${partnerPrefix}`;

const prefixesOf = (source: Configuration["source"]): ReadonlyArray<string> => {
  if (source.prefixes.length > 0) return source.prefixes;
  return source.type === "partner" ? [partnerPrefix] : [partnerPrefix, simulatedPrefix];
};

/** A beginning of `source` that somebody else than the partner may put. */
export const sourcePrefixOf = (source: Configuration["source"]): string =>
  prefixesOf(source).find((prefix) => !prefix.startsWith("aws.")) ?? simulatedPrefix;

/** What the rule takes off the bus: events from Genesys, of the wanted topics (their literal templates with `{id}`). */
export const eventPattern = (source: Configuration["source"], topics: Configuration["topics"]) => ({
  source: prefixesOf(source).map((prefix) => ({ prefix })),
  ...(topics.length === 0 ? {} : { "detail-type": topics }),
});
