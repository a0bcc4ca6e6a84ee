import { stringify } from "yaml";

/** Why a key is there and what else it can be; in the order in which the file has them. */
const comments: Readonly<Record<string, string>> = {
  "aws:region": "Where everything is made; Genesys sends its events to one region.",
  "floodgate:source":
    "Genesys' partner event source, or a custom bus for events put by hand (docs/connect-genesys.md).",
  "floodgate:topics": "Only these detail-types are taken; without the key all that the integration sends.",
  "floodgate:genesys":
    "For names and queue priorities. The secret is set by: npx pulumi config set --secret --path floodgate:genesys.clientSecret",
  "floodgate:priorities":
    "The first rule that matches a queue gives its priority: yours, then the default ones (docs/admission.md).",
  "floodgate:expected": "The configuration is checked against this volume before anything is declared.",
  "floodgate:alarms": "Who hears of alarms; AWS asks for a confirmation by mail.",
};

const entry = (key: string, value: unknown): string => {
  const comment = comments[key];
  const lines = stringify({ [key]: value }, { lineWidth: 0 })
    .trimEnd()
    .split("\n");
  return [...(comment === undefined ? [] : [`# ${comment}`]), ...lines].map((line) => `  ${line}`).join("\n");
};

/** `Pulumi.<stack>.yaml` with a comment above every key. */
export const stackFileText = (stack: string, values: Readonly<Record<string, unknown>>): string =>
  [
    `# The stack ${stack}, by \`npx floodgate init\`. Every key with its rule and default: docs/configuration.md.`,
    "config:",
    ...Object.entries(values).map(([key, value]) => entry(key, value)),
    "",
  ].join("\n");
