import type { Mistake } from "./mistake.ts";
import { suggest } from "./suggest.ts";

const project = "aws:";

/** The keys of Pulumi's AWS provider that the stack's own provider is given (index.ts). */
const known = ["region", "profile", "assumeRoles", "allowedAccountIds", "forbiddenAccountIds"];

const region = /^[a-z]{2}(?:-[a-z]+)+-\d$/;

const regionMistakes = (value: string | undefined): ReadonlyArray<Mistake> =>
  value !== undefined && region.test(value)
    ? []
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
      const meant = suggest(key.slice(project.length), known);
      return {
        key,
        value: "set",
        rule: `has no effect on this program${meant === undefined ? "" : ` (did you mean \`${project}${meant}\`?)`}`,
        fix: `Remove it: npx pulumi config rm ${key}. Credentials come from the environment, aws:profile or aws:assumeRoles.`,
      };
    }),
];
