/*
 * JSON texts as the audit reads them: by a scanner of its own, because it has to find the mistakes of the pipeline's, and
 * without making values of them, because an event may be thousands of levels deep.
 */

interface Part {
  readonly start: number;
  readonly end: number;
}

export interface Member {
  readonly name: Part;
  readonly value: Part;
}

const endOfString = (text: string, opening: number): number => {
  for (let at = opening + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
};

/** The members of an object that begins at `from`, without those of objects within it; none for any other text. */
export const membersOf = (text: string, from = 0): ReadonlyArray<Member> => {
  const members: Member[] = [];
  let name: Part | undefined;
  let valueStart = 0;
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') {
      const string = { start: at, end: endOfString(text, at) };
      if (depth === 1 && name === undefined) name = string;
      at = string.end - 1;
    } else if (character === ":" && depth === 1) valueStart = at + 1;
    else if (character === "{" || character === "[") depth += 1;
    else if ((character === "," && depth === 1) || character === "}" || character === "]") {
      if (depth === 1 && name !== undefined) members.push({ name, value: { start: valueStart, end: at } });
      if (depth === 1) name = undefined;
      if (character !== ",") depth -= 1;
      if (depth === 0) return members;
    }
  }
  return members;
};

const nameIn = (text: string, { start, end }: Part): unknown => JSON.parse(text.slice(start, end));

/** The text of the value of a member; the last one of that name. */
export const memberText = (text: string, name: string): string | undefined => {
  const found = membersOf(text).findLast((member) => nameIn(text, member.name) === name);
  return found === undefined ? undefined : text.slice(found.value.start, found.value.end).trim();
};

/** The event's own text is what stands behind the first member; line breaks between tokens may have become spaces. */
export const ownText = (line: string): string => {
  const [member] = membersOf(line);
  return member === undefined ? line : `{${line.slice(member.value.end + 1)}`;
};

/** An event's text as it may be delivered: on one line, its own members `floodgate` under another name. */
export const deliverable = (body: string): string => {
  const text = body.replaceAll(/[\r\n]/g, " ");
  const object = text.slice(text.indexOf("{"));
  let renamed = "";
  let done = 0;
  for (const { name } of membersOf(object)) {
    if (nameIn(object, name) !== "floodgate") continue;
    renamed += `${object.slice(done, name.start)}"floodgateReceived"`;
    done = name.end;
  }
  return renamed + object.slice(done);
};

/** By what copies of one event are told: their bodies with the kind of event, and their envelope's id. */
export const identityOf = (body: string): ReadonlyArray<string> => {
  const detail = memberText(body, "detail");
  const inner = detail === undefined ? undefined : (memberText(detail, "eventBody") ?? detail);
  const id = memberText(body, "id");
  const own = `${memberText(body, "detail-type") ?? ""} ${inner ?? body}`;
  return id === undefined ? [own] : [own, `id ${id}`];
};

const digest = /"?sha256:[0-9a-f]{12}"?/;

/** JSON in a text is written again when it is redacted, perhaps with other escapes. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\+(?:u0022)?/g, (mark) => (mark.endsWith("u0022") ? '"' : ""));

/** What stands before a value or a name: punctuation, and white space that may be escaped in a text within a text. */
const beforeDigest = /[:,[{](?:\s|[nrt]|u00(?:20|09|0a|0d|a0))*$/i;

/** One value or name: what holds others begins as a list or an object, perhaps in a text of its own. */
const isOneValue = (text: string): boolean => /^"?[{[]/.test(text) || !/,"|",|":/.test(text);

/** Whether a text is another one with digests in the place of values or names, and the same elsewhere, escapes apart. */
export const isRedactionOf = (redacted: string, text: string): boolean => {
  const whole = unescaped(text);
  const [first = "", ...pieces] = unescaped(redacted).split(digest);
  const last = pieces.pop();
  if (last === undefined) return redacted === text;
  if (!whole.startsWith(first) || ![first, ...pieces].every((piece) => beforeDigest.test(piece))) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = whole.indexOf(piece, at);
    if (found < 0 || !isOneValue(whole.slice(at, found))) return false;
    at = found + piece.length;
  }
  const end = whole.length - last.length;
  return end >= at && whole.endsWith(last) && isOneValue(whole.slice(at, end));
};
