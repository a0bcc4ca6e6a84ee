import * as t from "io-ts";
import { campaign } from "../../local/campaign/campaign.ts";
import { inputsOf, type Plan } from "../../local/plan.ts";
import { parseJson } from "../../local/text.ts";
import type { Input } from "../input/events.ts";

const RuleInputs = t.type({ eventPattern: t.string });
const Pattern = t.partial({ "detail-type": t.array(t.string) });

/** The detail-types that the program's rule takes off the bus; empty: all. */
const subscribedTopics = (plan: Plan): ReadonlyArray<string> =>
  plan.ofType("aws:cloudwatch/eventRule:EventRule").flatMap((rule) => {
    const pattern = parseJson(inputsOf(RuleInputs, rule).eventPattern);
    return Pattern.is(pattern) ? (pattern["detail-type"] ?? []) : [];
  });

/** A campaign of the topics that the stack subscribes to, as Genesys would send no others. */
export const generatedInput = (plan: Plan, options: Omit<Parameters<typeof campaign>[0], "topics">): Input => ({
  events: campaign({ ...options, topics: subscribedTopics(plan) }).events.map((event) => ({
    ...event,
    place: "generated",
  })),
  ignored: [],
  unread: [],
});
