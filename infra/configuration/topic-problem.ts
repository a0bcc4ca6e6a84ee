import { conversationPrefix, conversationTopics } from "../../src/event/event-type.ts";
import type { Configuration } from "./schema.ts";
import { suggest } from "./suggest.ts";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** How people write what stands for an id: `{ID}`, `{}`, `<id>`, `:id`, `$id`. */
const otherPlaceholder = /\{(?!id\})[^}]*\}|<[^>]*>|[:$]id\b|\*/g;

const templates = conversationTopics.map((suffix) => `${conversationPrefix}${suffix}`);
const conversation = "v2.detail.events.conversation";

/** The same letters in another order are a slip of the fingers. */
const lettersOf = (text: string): string => [...text].sort().join("");

const knownSuffix = (suffix: string): string | undefined =>
  conversationTopics.find((each) => each === suffix || lettersOf(each) === lettersOf(suffix)) ??
  conversationTopics.find((each) => each.startsWith(`${suffix}.`));

/** The topic that was probably meant: itself with `{id}`, or the conversation's topic with that end. */
const rightForm = (topic: string): string => {
  const written = topic.trim().replace(uuid, "{id}").replace(otherPlaceholder, "{id}");
  const name = written.toLowerCase();
  if (name === "routing.queued") return `${conversationPrefix}acd.start`;
  if (name.startsWith("v2.") && !name.startsWith(conversation)) return written.replace(/^V/, "v");
  const end = name.replace(/^.*conversation/, "").replace(/^[.]*(?:\{id\})?[.]*/, "");
  const suffix = conversationTopics.find((each) => end === each || end.endsWith(`.${each}`)) ?? knownSuffix(end);
  return `${conversationPrefix}${suffix ?? suggest(end, conversationTopics) ?? "acd.start"}`;
};

const literal = "can match no event: a topic is its template, letter by letter, with `{id}` as it is";

/** What is wrong with a conversation's topic that has its beginning right. */
const problemOfConversation = (topic: string): string | undefined => {
  if (!topic.startsWith(conversationPrefix)) return literal;
  const suffix = topic.slice(conversationPrefix.length);
  if (suffix === "") return "can match no event: it has no end such as acd.start";
  const known = knownSuffix(suffix);
  return known === undefined || known === suffix ? undefined : "can match no event: no topic of Genesys ends so";
};

const problemOf = (topic: string, source: Configuration["source"]["type"]): string | undefined => {
  if (topic !== topic.trim()) return "can match no event: there is a space around it";
  if (/[*?]/.test(topic)) return `${literal}; there is no \`*\``;
  if (uuid.test(topic)) return `${literal}, not an id`;
  const lower = topic.toLowerCase();
  if (templates.some((template) => template !== topic && template === lower)) {
    return "can match no event: capitals count";
  }
  if (topic.replace(otherPlaceholder, "") !== topic) return literal;
  if (templates.some((template) => template.endsWith(`.${lower}`)))
    return "can match no event: it is the end of a topic only";
  if (topic.startsWith(conversation)) return problemOfConversation(topic);
  return source === "partner" && !topic.startsWith("v2.")
    ? "can match no event of Genesys Cloud, whose topics all begin with `v2.`"
    : undefined;
};

/** Why a topic can match nothing, in words of a mistake; undefined: it may. */
export const topicProblem = (
  topic: string,
  source: Configuration["source"]["type"],
): { readonly rule: string; readonly fix: string } | undefined => {
  const rule = problemOf(topic, source);
  return rule === undefined ? undefined : { rule, fix: `Did you mean ${rightForm(topic)}?` };
};
