import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as E from "fp-ts/lib/Either.js";
import { parseJson } from "../../text/parse-json.ts";
import { type PriorityRule, PriorityRules } from "../priority-rule.ts";

/** Name of the file beside the bundle; environment variables hold 4 KB, a list of rules may be longer. */
const fileName = "priorities.json";

/** The stack's rules, which travel as a file in the function's bundle. */
export const readPriorityRules = (folder: string): ReadonlyArray<PriorityRule> => {
  const decoded = PriorityRules.decode(parseJson(readFileSync(join(folder, fileName), "utf8")));
  if (E.isRight(decoded)) return decoded.right;
  throw new Error(`${fileName} does not hold priority rules`);
};
