import * as E from "fp-ts/lib/Either.js";
import { describeMistakes } from "../../infra/configuration/mistake.ts";
import { readConfiguration } from "../../infra/configuration/read-configuration.ts";
import { defaultRules } from "../../src/priorities/priority-rule.ts";
import { UsageError } from "../command.ts";

/** What a new stack is asked for; empty texts where nothing was said. */
export interface Answers {
  readonly awsRegion: string;
  /** Name of Genesys' partner event source; empty: a custom bus of the stack's own. */
  readonly partnerSource: string;
  /** detail-types; none: all that come. */
  readonly topics: ReadonlyArray<string>;
  /** Domain or AWS region of the organisation; empty: no enrichment and no priorities. */
  readonly genesysRegion: string;
  readonly clientId: string;
  /** Queues, by names with `*`, whose entries are admitted before all others. */
  readonly firstQueues: ReadonlyArray<string>;
  readonly eventsPerMinute: string;
  readonly peakEventsPerMinute: string;
  readonly email: string;
}

/** The default rules, which a list of one's own replaces, give 3 and 5; this one is above them all. */
const firstPriority = 10;

/** Stands in for what `pulumi config set --secret` sets later, so that everything else can be checked. */
const laterSecret = "set-later";

/** A number as it was typed; the codec says what is wrong with any other text. */
const numberOr = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

const given = (values: Readonly<Record<string, string>>): Readonly<Record<string, number | string>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, text]) => (text === "" ? [] : [[key, numberOr(text)] as const])),
  );

/** The values of the stack's file, by key; nothing secret is among them. */
export const valuesOf = (answers: Answers): Readonly<Record<string, unknown>> => {
  const { awsRegion, partnerSource, topics, genesysRegion, clientId, firstQueues, email } = answers;
  const expected = given({
    eventsPerMinute: answers.eventsPerMinute,
    peakEventsPerMinute: answers.peakEventsPerMinute,
  });
  return {
    "aws:region": awsRegion,
    "floodgate:source": partnerSource === "" ? { type: "custom" } : { type: "partner", name: partnerSource },
    ...(topics.length === 0 ? {} : { "floodgate:topics": topics }),
    ...(genesysRegion === ""
      ? {}
      : { "floodgate:genesys": { region: genesysRegion, ...(clientId === "" ? {} : { clientId }) } }),
    ...(firstQueues.length === 0
      ? {}
      : {
          "floodgate:priorities": [...firstQueues.map((name) => ({ name, priority: firstPriority })), ...defaultRules],
        }),
    ...(Object.keys(expected).length === 0 ? {} : { "floodgate:expected": expected }),
    ...(email === "" ? {} : { "floodgate:alarms": { email } }),
  };
};

/** The values as Pulumi would give them to the program, with something in the place of the secret. */
const asGiven = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const whole = key === "floodgate:genesys" ? { ...Object(value), clientSecret: laterSecret } : value;
      return [key, typeof whole === "string" ? whole : JSON.stringify(whole)];
    }),
  );

/** `--config` for `plan`, so that a stack whose secret is not set yet can be evaluated. */
export const secretStandIn = (values: Readonly<Record<string, unknown>>): ReadonlyArray<string> =>
  Object.hasOwn(values, "floodgate:genesys") ? [`floodgate:genesys=${asGiven(values)["floodgate:genesys"] ?? ""}`] : [];

/** All mistakes at once, in the words of the program; throws an error with them. */
export const checkAnswers = (values: Readonly<Record<string, unknown>>): void => {
  const read = readConfiguration(asGiven(values), (key) => key === "floodgate:genesys");
  if (E.isLeft(read))
    throw new UsageError(describeMistakes(read.left).replace("nothing was declared", "nothing was written"));
};
