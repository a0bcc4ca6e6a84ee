import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { suggest } from "./suggest.ts";

/** One configuration key: how it is decoded, what it is without being set, and what the reference says of it. */
export interface Field<A> {
  readonly codec: t.Decoder<unknown, A>;
  /** The rule in words, as it stands in errors and in docs/configuration.md. */
  readonly rule: string;
  readonly fallback: A;
  readonly doc: string;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K]["fallback"] };

const checked = <A>(name: string, rule: string, read: (value: unknown) => A | undefined): t.Decoder<unknown, A> => {
  const validate: t.Validate<unknown, A> = (value, context) => {
    const found = read(value);
    return found === undefined ? t.failure(value, context, `has to be ${rule}`) : t.success(found);
  };
  return { name, validate, decode: (value) => validate(value, [{ key: "", type: t.unknown }]) };
};

const field = <A>(name: string, rule: string, read: (value: unknown) => A | undefined, fallback: A, doc: string) => ({
  codec: checked(name, rule, read),
  rule,
  fallback,
  doc,
});

export const whole = (from: number, to: number, fallback: number, doc: string): Field<number> =>
  field(
    "whole",
    `a whole number from ${from} to ${to}`,
    (value) =>
      typeof value === "number" && Number.isInteger(value) && from <= value && value <= to ? value : undefined,
    fallback,
    doc,
  );

/** A whole number, or what follows from the expected volume. */
export const wholeOrAuto = (from: number, to: number, doc: string): Field<number | "auto"> => {
  const isWhole = whole(from, to, from, doc).codec;
  return field<number | "auto">(
    "wholeOrAuto",
    `auto, or a whole number from ${from} to ${to}`,
    (value) => (value === "auto" ? "auto" : E.getOrElse((): number | undefined => undefined)(isWhole.decode(value))),
    "auto",
    doc,
  );
};

export const yesNo = (fallback: boolean, doc: string): Field<boolean> =>
  field("yesNo", "true or false", (value) => (typeof value === "boolean" ? value : undefined), fallback, doc);

export const optionalYesNo = (doc: string): Field<boolean | null> =>
  field<boolean | null>(
    "optionalYesNo",
    "true or false, or null",
    (value) => (value === null || typeof value === "boolean" ? value : undefined),
    null,
    doc,
  );

export const oneOf = <const A extends string>(values: ReadonlyArray<A>, fallback: A, doc: string): Field<A> =>
  field("oneOf", `one of: ${values.join(", ")}`, (value) => values.find((known) => known === value), fallback, doc);

export const optionalText = (pattern: RegExp, rule: string, doc: string): Field<string | null> =>
  field<string | null>(
    "optionalText",
    `${rule}, or null`,
    (value) => (value === null || (typeof value === "string" && pattern.test(value)) ? value : undefined),
    null,
    doc,
  );

export const texts = (pattern: RegExp, rule: string, doc: string): Field<ReadonlyArray<string>> =>
  field(
    "texts",
    `a list in which each is ${rule}`,
    (value) => (t.array(t.string).is(value) && value.every((each) => pattern.test(each)) ? value : undefined),
    [],
    doc,
  );

export const text = (isValid: (value: string) => boolean, rule: string, fallback: string, doc: string): Field<string> =>
  field("text", rule, (value) => (typeof value === "string" && isValid(value) ? value : undefined), fallback, doc);

/** Some of a closed list; all of them unless given. */
export const listed = (values: ReadonlyArray<string>, doc: string): Field<ReadonlyArray<string>> =>
  field(
    "listed",
    `a list of some of: ${values.join(", ")}`,
    (value) => (t.array(t.string).is(value) && value.every((each) => values.includes(each)) ? value : undefined),
    values,
    doc,
  );

/** A text that is understood in more than one spelling; `read` answers the one that is used, of those that are `known`. */
export const optionalSpelling = (
  read: (text: string) => string | undefined,
  known: ReadonlyArray<string>,
  rule: string,
  doc: string,
): Field<string | null> => {
  const ruleOrNull = `${rule}, or null`;
  const validate: t.Validate<unknown, string | null> = (value, context) => {
    const found = value === null ? null : typeof value === "string" ? read(value) : undefined;
    if (found !== undefined) return t.success(found);
    const meant = typeof value === "string" ? suggest(value, known) : undefined;
    const hint = `${meant === undefined ? "" : ` (did you mean \`${meant}\`?)`}; known are ${known.join(", ")}`;
    return t.failure(value, context, `has to be ${ruleOrNull}${hint}`);
  };
  const name = "optionalSpelling";
  const codec = { name, validate, decode: (value: unknown) => validate(value, [{ key: "", type: t.unknown }]) };
  return { codec, rule: ruleOrNull, fallback: null, doc };
};

export const tags = (doc: string): Field<Readonly<Record<string, string>>> =>
  field("tags", "an object of texts", (value) => (t.record(t.string, t.string).is(value) ? value : undefined), {}, doc);

const unknownKeys = (value: Record<string, unknown>, fields: Fields, context: t.Context): t.Errors =>
  Object.keys(value)
    .filter((key) => !Object.hasOwn(fields, key))
    .flatMap((key) => {
      const meant = suggest(key, Object.keys(fields));
      const known = `known here: ${Object.keys(fields).join(", ")}`;
      const hint = meant === undefined ? known : `did you mean \`${meant}\`?`;
      const problem = t.failure(value[key], t.appendContext(context, key, t.unknown), `is not a key (${hint})`);
      return E.isLeft(problem) ? problem.left : [];
    });

/** An object with defaults for what is absent; collects the mistakes of all its fields, unknown keys among them. */
export const section = <F extends Fields>(name: string, fields: F): t.Decoder<unknown, ValuesOf<F>> & { fields: F } => {
  const validate: t.Validate<unknown, ValuesOf<F>> = (value, context) => {
    if (!t.UnknownRecord.is(value)) return t.failure(value, context, "has to be an object");
    const errors: t.ValidationError[] = unknownKeys(value, fields, context);
    const values: Record<string, unknown> = {};
    for (const [key, { codec, fallback }] of Object.entries(fields)) {
      const given = value[key];
      if (given === undefined) {
        values[key] = fallback;
        continue;
      }
      const decoded = codec.validate(given, t.appendContext(context, key, t.unknown));
      if (E.isLeft(decoded)) errors.push(...decoded.left);
      else values[key] = decoded.right;
    }
    // Every field has been filled from its own codec or fallback above, so the object has the type of the fields.
    return errors.length > 0 ? t.failures(errors) : t.success(values as ValuesOf<F>);
  };
  return { name, fields, validate, decode: (value) => validate(value, [{ key: "", type: t.unknown }]) };
};

/** A section as a field of the one above it. */
export const nested = <F extends Fields>(name: string, doc: string, fields: F): Field<ValuesOf<F>> => {
  const codec = section(name, fields);
  const fallback = codec.decode({});
  if (E.isLeft(fallback)) throw new Error(`the defaults of ${name} do not satisfy its own rules`);
  return { codec, rule: "an object", fallback: fallback.right, doc };
};

/** A list of sections, for rules whose order counts. */
export const listOf = <F extends Fields>(name: string, fields: F, doc: string): Field<ReadonlyArray<ValuesOf<F>>> => {
  const item = section(name, fields);
  const validate: t.Validate<unknown, ReadonlyArray<ValuesOf<F>>> = (value, context) => {
    if (!Array.isArray(value)) return t.failure(value, context, "has to be a list");
    const decoded = value.map((each, index) => item.validate(each, t.appendContext(context, `${index}`, t.unknown)));
    const errors = decoded.flatMap((each) => (E.isLeft(each) ? each.left : []));
    return errors.length > 0
      ? t.failures(errors)
      : t.success(decoded.flatMap((each) => (E.isRight(each) ? [each.right] : [])));
  };
  const codec = {
    name,
    fields,
    validate,
    decode: (value: unknown) => validate(value, [{ key: "", type: t.unknown }]),
  };
  return { codec, rule: "a list", fallback: [], doc };
};

/** A section that may be absent altogether. */
export const optional = <F extends Fields>(doc: string, fields: F): Field<ValuesOf<F> | null> => ({
  codec: section("optional", fields),
  rule: "an object, or absent",
  fallback: null,
  doc,
});

export const optionalNumber = (from: number, to: number, doc: string): Field<number | null> =>
  field<number | null>(
    "optionalNumber",
    `a number from ${from} to ${to}, or null`,
    (value) => (value === null || (typeof value === "number" && from <= value && value <= to) ? value : undefined),
    null,
    doc,
  );

export const optionalOneOf = (values: ReadonlyArray<number>, doc: string): Field<number | null> =>
  field<number | null>(
    "optionalOneOf",
    `one of: ${values.join(", ")}, or null`,
    (value) => (value === null ? null : values.find((known) => known === value)),
    null,
    doc,
  );
