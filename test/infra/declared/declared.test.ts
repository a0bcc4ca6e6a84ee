import { describe, expect, it } from "vitest";
import type { PlannedResource } from "../../../local/plan.ts";
import { evaluated } from "../../support/setup/evaluated.ts";

/*
 * Everything that is declared, value by value, as files: whoever changes one shows it in the same commit
 * (`npx vitest run test/infra/declared -u`), and whoever reviews it sees what it does to a stack. Left out is what has
 * files of its own: bundles, definitions of state machines, SQL.
 */

const ownFiles = new Set(["code", "sourceCodeHash", "definition", "viewOriginalText", "query", "columns"]);

const parsed = (text: string): unknown => {
  if (!/^[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** `path: value` of every leaf, with what is JSON in a text as if it were not. */
const leaves = (value: unknown, path: string): ReadonlyArray<string> => {
  const inner = typeof value === "string" ? parsed(value) : value;
  if (typeof inner !== "object" || inner === null) return [`${path}: ${JSON.stringify(inner)}`];
  return Object.entries(inner)
    .filter(([name]) => !ownFiles.has(name))
    .flatMap(([name, each]) => leaves(each, `${path}.${name}`));
};

const listing = (resources: ReadonlyArray<PlannedResource>): string =>
  resources
    .flatMap(({ type, name, inputs, options }) => [
      `${type} ${name}`,
      ...leaves({ ...inputs, ...(options === undefined ? {} : { options }) }, " "),
    ])
    .join("\n");

const others = [
  'floodgate:source={"type":"partner","name":"aws.partner/genesys.com/cloud/organisation/suffix"}',
  'floodgate:genesys={"region":"mypurecloud.de","clientId":"id","clientSecret":"secret"}',
  'floodgate:delivery={"redact":["ani"],"bufferSeconds":300,"quotaMebibytesPerSecond":5}',
  'floodgate:alarms={"email":"on-call@example.com","setAsidePercent":50,"silence":{"minutes":60}}',
  "floodgate:retainData=true",
  'floodgate:lambda={"reserveConcurrency":true,"logLevel":"WARN","tracing":true}',
  'floodgate:querying={"parquet":true}',
];

/** Whatever can be switched off, or is given by somebody else. */
const least = [
  'floodgate:archive={"retentionDays":0}',
  'floodgate:admission={"enabled":false,"excess":"drop","unknownQueue":"drop","reservedConcurrency":0}',
  'floodgate:enrichment={"mode":"off"}',
  'floodgate:genesys={"region":"mypurecloud.com","secretArn":"arn:aws:secretsmanager:eu-central-1:123456789012:secret:own-AbCdEf"}',
  'floodgate:alarms={"setAsidePercent":100,"malformedPercent":100,"silence":{"minutes":0}}',
  'floodgate:source={"type":"custom","prefixes":["own.prefix/"]}',
  'floodgate:topics=["v2.detail.events.conversation.{id}.acd.start"]',
  'floodgate:tags={"team":"contact-centre"}',
  "floodgate:permissionsBoundary=arn:aws:iam::123456789012:policy/boundary",
  "floodgate:retainData=false",
];

describe("what is declared", () => {
  it.each<[string, ReadonlyArray<string>]>([
    ["the dev stack", []],
    ["a stack with everything", others],
    ["a stack with the least", least],
  ])("by %s is what its file says", async (name, overrides) => {
    const { plan } = await evaluated(...overrides);
    await expect(listing(plan.all)).toMatchFileSnapshot(`${name.replaceAll(" ", "-")}.txt`);
  });
});
