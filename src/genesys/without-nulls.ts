import * as t from "io-ts";

/**
 * A null that the vendor sends for a member means the same as no member. Takes them out of a parsed answer, in place and at
 * any depth; a null in a list stays, because it is an element. Linear, and without recursion: the nesting is the vendor's.
 */
export const withoutNulls = (answer: unknown): unknown => {
  const open = [answer];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) for (const element of value) open.push(element);
    if (!t.UnknownRecord.is(value)) continue;
    for (const [name, member] of Object.entries(value)) {
      if (member === null) delete value[name];
      else open.push(member);
    }
  }
  return answer;
};
