import * as t from "io-ts";

/*
 * EventBridge event patterns: every field that the pattern names has to match one of its alternatives, by value or by
 * an operator (EventBridge User Guide, "Creating event patterns"). Modelled: exact values, prefix, anything-but with
 * exact values, exists. Any other operator is refused by name, so that a pattern is never taken for matching.
 */

type Alternative = (value: unknown) => boolean;

const operators: Readonly<Record<string, (operand: unknown) => Alternative>> = {
  prefix: (operand) => (value) => typeof value === "string" && typeof operand === "string" && value.startsWith(operand),
  "anything-but": (operand) => (value) =>
    value !== undefined && !(Array.isArray(operand) ? operand : [operand]).includes(value),
  exists: (operand) => (value) => (value !== undefined) === operand,
};

const alternative = (condition: unknown): Alternative => {
  if (!t.UnknownRecord.is(condition)) return (value) => value === condition;
  const [name = ""] = Object.keys(condition);
  const operator = operators[name];
  if (operator === undefined) throw new Error(`the model of event patterns does not know the operator ${name}`);
  return operator(condition[name]);
};

export type Matcher = (event: unknown) => boolean;

export const compilePattern = (pattern: unknown): Matcher => {
  if (!t.UnknownRecord.is(pattern)) throw new Error("an event pattern has to be an object");
  const fields = Object.entries(pattern).map(([name, condition]): [string, Matcher] => {
    if (!Array.isArray(condition)) return [name, compilePattern(condition)];
    const alternatives = condition.map(alternative);
    return [
      name,
      (value) => (Array.isArray(value) ? value : [value]).some((each) => alternatives.some((a) => a(each))),
    ];
  });
  return (event) => t.UnknownRecord.is(event) && fields.every(([name, matches]) => matches(event[name]));
};
