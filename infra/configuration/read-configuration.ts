import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { awsMistakes } from "./aws-keys.ts";
import { crossCheck } from "./cross-checks.ts";
import type { Mistake } from "./mistake.ts";
import { firehoseMebibytes } from "./regional-quotas.ts";
import { type Configuration, configuration } from "./schema.ts";

const project = "floodgate:";

/** Keys that Pulumi itself keeps under the project's name. */
const reserved = new Set(["disable-default-providers"]);

const parseValue = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const isSecret = (path: string): boolean => path.toLowerCase().includes("secret");

const show = (path: string, value: unknown): string => (isSecret(path) ? "[secret]" : JSON.stringify(value));

/** Rules are known by their number, and their fields by the word that was probably meant. */
const unknownFieldOfRule = (path: ReadonlyArray<string>, message: string | undefined) => {
  const [list, index, field] = path;
  if (list !== "priorities" || field === undefined || message?.startsWith("is not a key") !== true) return undefined;
  const hint = /\(did you mean (.+)\)$/.exec(message)?.[1];
  const meant = hint === undefined ? "" : `, did you mean ${hint}`;
  return {
    rule: `is in rule ${Number(index) + 1}: unknown field \`${field}\`${meant}`,
    fix: "Mend or remove the field.",
  };
};

const toMistake = ({ context, value, message }: t.ValidationError): Mistake => {
  const path = context.map((entry) => entry.key).filter((each) => each !== "");
  const key = `${project}${path.join(".")}`;
  const unknownField = unknownFieldOfRule(path, message);
  if (unknownField !== undefined) return { key, value: show(key, value), ...unknownField };
  return {
    key,
    value: show(key, value),
    rule: message ?? "is not valid",
    fix: message?.startsWith("is not a key")
      ? `Remove it: npx pulumi config rm --path '${key}'.`
      : `Set it: npx pulumi config set --path '${key}' <value>.`,
  };
};

const ownValues = (values: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const name = key.slice(project.length);
      return key.startsWith(project) && !reserved.has(name) ? [[name, parseValue(value)]] : [];
    }),
  );

/** What the region decides where the configuration says nothing. */
const withRegion = (own: Readonly<Record<string, unknown>>, region: string): Readonly<Record<string, unknown>> => {
  const { delivery = {} } = own;
  return t.UnknownRecord.is(delivery)
    ? { ...own, delivery: { quotaMebibytesPerSecond: firehoseMebibytes(region), ...delivery } }
    : own;
};

const topLevelOf = ({ context }: t.ValidationError): string =>
  context.map(({ key }) => key).find((key) => key !== "") ?? "";

/** Rules across keys, for the keys that are valid by themselves, so that these mistakes are not told one run later. */
const crossCheckValid = (
  values: Readonly<Record<string, unknown>>,
  errors: t.Errors,
  region: string,
): ReadonlyArray<Mistake> => {
  const broken = new Set(errors.map(topLevelOf));
  const valid = Object.fromEntries(Object.entries(values).filter(([name]) => !broken.has(name)));
  const decoded = configuration.decode(valid);
  return E.isRight(decoded) ? crossCheck(decoded.right, region) : [];
};

/** A secret that the stack's file holds as everybody can read it, and so does the repository. */
const plainSecrets = (values: Readonly<Record<string, unknown>>, isSecretKey: IsSecretKey): ReadonlyArray<Mistake> => {
  const { genesys } = values;
  const isGiven = t.type({ clientSecret: t.string }).is(genesys);
  return isGiven && !isSecretKey(`${project}genesys`)
    ? [
        {
          key: `${project}genesys.clientSecret`,
          value: "[secret]",
          rule: "stands in the stack's file as plain text",
          fix:
            "Take it out, store it encrypted (npx pulumi config set --secret --path floodgate:genesys.clientSecret), " +
            "and give the OAuth client a new one: what was in a file once is known.",
        },
      ]
    : [];
};

/** Whether a key's value, or a part of it, is encrypted where it is kept. */
type IsSecretKey = (key: string) => boolean;

/**
 * Decodes the stack's configuration: the values as Pulumi hands them over, each a text or a JSON text. Reports all
 * mistakes at once.
 */
export const readConfiguration = (
  values: Readonly<Record<string, string>>,
  isSecretKey: IsSecretKey = () => true,
): E.Either<ReadonlyArray<Mistake>, Configuration> => {
  const region = values["aws:region"] ?? "";
  const own = withRegion(ownValues(values), region);
  const ofAws = [...awsMistakes(values), ...plainSecrets(own, isSecretKey)];
  const decoded = configuration.decode(own);
  if (E.isLeft(decoded)) {
    return E.left([...ofAws, ...decoded.left.map(toMistake), ...crossCheckValid(own, decoded.left, region)]);
  }
  const mistakes = [...ofAws, ...crossCheck(decoded.right, region)];
  return mistakes.length > 0 ? E.left(mistakes) : E.right(decoded.right);
};
