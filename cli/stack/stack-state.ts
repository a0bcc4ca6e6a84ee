import * as E from "fp-ts/lib/Either.js";
import * as t from "io-ts";
import { parseJson } from "../../src/text/parse-json.ts";

/** An update of a stack as `pulumi stack history --json` lists it, the newest first. */
const Update = t.type({ kind: t.string, result: t.string }, "Update");
const History = t.array(Update, "History");

/**
 * Why a stack has no outputs, or only some, told from its last update: it was never deployed, it was destroyed, or its
 * deployment ended halfway. `history` is what Pulumi printed; undefined: it could not be asked.
 */
export const stackState = (stack: string, history: string | undefined, isEmpty: boolean): string => {
  const decoded = History.decode(parseJson(history ?? ""));
  const updates = E.isRight(decoded) ? decoded.right.filter(({ kind }) => kind === "update" || kind === "destroy") : [];
  const [last] = updates;
  const deploy = `-> npx pulumi up --stack ${stack}`;
  if (last?.kind === "destroy" && last.result === "succeeded")
    return `the stack ${stack} has been destroyed\n  ${deploy}`;
  if (last !== undefined && last.result !== "succeeded") {
    return `the last ${last.kind} of the stack ${stack} ended halfway (${last.result})\n  ${deploy}: it goes on where that ended`;
  }
  if (E.isLeft(decoded) && isEmpty && history !== "null") {
    return `the stack ${stack} has no outputs: it was never deployed, or has been destroyed\n  ${deploy}`;
  }
  if (last === undefined && isEmpty) return `the stack ${stack} is initialised, but was never deployed\n  ${deploy}`;
  return isEmpty
    ? `the stack ${stack} has no outputs: is it a stack of this project?\n  -> npx pulumi stack ls`
    : `the stack ${stack} was deployed by another release than this one\n  ${deploy}`;
};
