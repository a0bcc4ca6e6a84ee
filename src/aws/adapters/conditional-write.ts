import { type AttributeValue, DeleteItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { describeError } from "./aws-error.ts";
import type { Item, Table } from "./dynamodb-batches.ts";

/** A condition or a change of an item: its text, and the names and values that the text stands for. */
export interface Expression {
  readonly text: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

const compare = (attribute: string, comparator: "=" | "<=", value: AttributeValue): Expression => ({
  text: `#${attribute} ${comparator} :is_${attribute}`,
  names: { [`#${attribute}`]: attribute },
  values: { [`:is_${attribute}`]: value },
});

export const equals = (attribute: string, value: AttributeValue): Expression => compare(attribute, "=", value);
export const isAtMost = (attribute: string, value: AttributeValue): Expression => compare(attribute, "<=", value);

export const both = (one: Expression, other: Expression): Expression => ({
  text: `${one.text} AND ${other.text}`,
  names: { ...one.names, ...other.names },
  values: { ...one.values, ...other.values },
});

/** No condition. */
export const always: Expression = { text: "", names: {}, values: {} };

interface Change {
  readonly set?: Item;
  /** What is added to numbers; to 0 where there is none. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: ReadonlyArray<string>;
}

const clause = (keyword: string, parts: ReadonlyArray<string>): ReadonlyArray<string> =>
  parts.length === 0 ? [] : [`${keyword} ${parts.join(", ")}`];

export const change = ({ set = {}, add = {}, remove = [] }: Change): Expression => ({
  text: [
    ...clause(
      "SET",
      Object.keys(set).map((name) => `#${name} = :${name}`),
    ),
    ...clause(
      "ADD",
      Object.keys(add).map((name) => `#${name} :${name}`),
    ),
    ...clause(
      "REMOVE",
      remove.map((name) => `#${name}`),
    ),
  ].join(" "),
  names: Object.fromEntries([...Object.keys(set), ...Object.keys(add), ...remove].map((name) => [`#${name}`, name])),
  values: Object.fromEntries([
    ...Object.entries(set).map(([name, value]) => [`:${name}`, value]),
    ...Object.entries(add).map(([name, value]) => [`:${name}`, { N: String(value) }]),
  ]),
});

/** DynamoDB refuses empty maps of names and values. */
const unlessEmpty = <A extends object>(map: A): A | undefined => (Object.keys(map).length === 0 ? undefined : map);

const inputOf = (condition: Expression, names = condition.names, values = condition.values) => ({
  ConditionExpression: condition.text === "" ? undefined : condition.text,
  ExpressionAttributeNames: unlessEmpty({ ...names }),
  ExpressionAttributeValues: unlessEmpty({ ...values }),
});

/** A write answers false instead of failing when its condition does not hold. */
const unlessConditionFails = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (describeError(error).name === "ConditionalCheckFailedException") return false;
    throw error;
  }
};

/** Puts an item unless there is one under its key already, of which `attribute` is a part. */
export const putIfNew = ({ dynamoDb, table }: Table, item: Item, attribute: string): Promise<boolean> =>
  unlessConditionFails(
    dynamoDb.send(
      new PutItemCommand({ TableName: table, Item: item, ConditionExpression: `attribute_not_exists(${attribute})` }),
    ),
  );

export const updateIf = (
  { dynamoDb, table }: Table,
  key: Item,
  condition: Expression,
  { text, names, values }: Expression,
): Promise<boolean> =>
  unlessConditionFails(
    dynamoDb.send(
      new UpdateItemCommand({
        TableName: table,
        Key: key,
        UpdateExpression: text,
        ...inputOf(condition, { ...condition.names, ...names }, { ...condition.values, ...values }),
      }),
    ),
  );

export const deleteIf = ({ dynamoDb, table }: Table, key: Item, condition: Expression): Promise<boolean> =>
  unlessConditionFails(dynamoDb.send(new DeleteItemCommand({ TableName: table, Key: key, ...inputOf(condition) })));
