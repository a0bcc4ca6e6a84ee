import type { Field } from "./fields.ts";
import { configuration } from "./schema.ts";

type Fields = Readonly<Record<string, Field<unknown>>>;

const fieldsOf = ({ codec }: Field<unknown>): Fields | undefined =>
  "fields" in codec && typeof codec.fields === "object" && codec.fields !== null ? (codec.fields as Fields) : undefined;

const defaultOf = ({ fallback }: Field<unknown>): string => {
  if (fallback === null) return "none";
  return Array.isArray(fallback) && fallback.length === 0 ? "empty" : `\`${JSON.stringify(fallback)}\``;
};

const escapeCell = (text: string): string => text.replaceAll("|", "\\|");

const row = (key: string, field: Field<unknown>): string =>
  `| \`${key}\` | ${escapeCell(field.doc)} | ${escapeCell(field.rule)} | ${defaultOf(field)} |`;

/** The rows of a section, its own keys first, then those of sections within it. */
const rowsOf = (prefix: string, fields: Fields): ReadonlyArray<string> =>
  Object.entries(fields).flatMap(([name, field]) => {
    const inside = fieldsOf(field);
    return inside === undefined ? [row(`${prefix}${name}`, field)] : rowsOf(`${prefix}${name}.`, inside);
  });

const sectionOf = (name: string, field: Field<unknown>): ReadonlyArray<string> => {
  const inside = fieldsOf(field);
  const rows = inside === undefined ? [row(name, field)] : rowsOf("", inside);
  return [
    `## floodgate:${name}`,
    "",
    field.doc,
    "",
    "| key | what it does | has to be | default |",
    "|---|---|---|---|",
    ...rows,
    "",
  ];
};

/** docs/configuration.md, from the codec that reads the configuration. */
export const configurationReference = (): string =>
  [
    "# Configuration",
    "",
    "Generated from the codec in `infra/configuration/schema.ts` by `npm run docs`; a test compares the two. Keys stand in",
    "`Pulumi.<stack>.yaml`, beside `aws:region`. All mistakes are reported at once, before anything is declared; an unknown",
    "key is a mistake, with a suggestion. Set a nested key with",
    "`npx pulumi config set --path floodgate:processing.maximumConcurrency 4`, a secret with `--secret`.",
    "",
    ...Object.entries(configuration.fields as Fields).flatMap(([name, field]) => sectionOf(name, field)),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");
