import type { Mistake } from "./mistake.ts";
import { suggest } from "./suggest.ts";

const project = "aws:";

/** The keys of Pulumi's AWS provider that the stack's own provider is given (index.ts). */
const known = [
  "region",
  "profile",
  "assumeRoles",
  "allowedAccountIds",
  "forbiddenAccountIds",
  // For an emulator (docs/deploy.md).
  "endpoints",
  "s3UsePathStyle",
  "skipCredentialsValidation",
  "skipMetadataApiCheck",
  "skipRequestingAccountId",
];

const region = /^[a-z]{2,4}(?:-[a-z]+)+-\d$/;

/** Regions whose ARNs do not begin with `arn:aws:`, as those in the state machines do: China, GovCloud, and the secluded ones. */
const otherPartition = /^(?:cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)-/;

const partitionMistakes = (value: string): ReadonlyArray<Mistake> =>
  otherPartition.test(value)
    ? [
        {
          key: "aws:region",
          value: JSON.stringify(value),
          rule: "is in another partition of AWS, where the state machines' ARNs (arn:aws:states:::) do not exist",
          fix: "Take a region of the partition `aws`, such as eu-central-1. Genesys' events reach EventBridge there.",
        },
      ]
    : [];

const regionMistakes = (value: string | undefined): ReadonlyArray<Mistake> =>
  value !== undefined && region.test(value)
    ? partitionMistakes(value)
    : [
        {
          key: "aws:region",
          value: value === undefined ? "missing" : JSON.stringify(value),
          rule: "has to be a region such as eu-central-1",
          fix: "Set it: npx pulumi config set aws:region <region>.",
        },
      ];

/** A key that had no effect could be what keeps a stack out of the wrong account. */
export const awsMistakes = (values: Readonly<Record<string, string>>): ReadonlyArray<Mistake> => [
  ...regionMistakes(values["aws:region"]),
  ...Object.keys(values)
    .filter((key) => key.startsWith(project) && !known.includes(key.slice(project.length)))
    .map((key) => {
      if (key === "aws:defaultTags") {
        return {
          key,
          value: "set",
          rule: "has no effect on this program, which gives every resource the tags of `floodgate:tags`",
          fix: `Move them there: npx pulumi config set --path 'floodgate:tags.team' contact-centre; npx pulumi config rm ${key}.`,
        };
      }
      const meant = suggest(key.slice(project.length), known);
      return {
        key,
        value: "set",
        rule: `has no effect on this program${meant === undefined ? "" : ` (did you mean \`${project}${meant}\`?)`}`,
        fix: `Remove it: npx pulumi config rm ${key}. Credentials come from the environment, aws:profile or aws:assumeRoles.`,
      };
    }),
];
