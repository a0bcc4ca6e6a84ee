import { conversationPrefix, conversationTopics } from "../../src/domain/event-type.ts";
import type { Configuration } from "./schema.ts";
import { suggest } from "./suggest.ts";

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** How people write what stands for an id: `{ID}`, `{}`, `<id>`, `:id`, `$id`. */
const otherPlaceholder = /\{(?!id\})[^}]*\}|<[^>]*>|[:$]id\b|\$\{/i;

const templates = conversationTopics.map((suffix) => `${conversationPrefix}${suffix}`);

/** The topic that was probably meant: of the same suffix, or of one that is spelt nearly so. */
const rightForm = (topic: string): string => {
  const name = topic.trim().toLowerCase();
  const suffix = conversationTopics.find((each) => name === each || name.endsWith(`.${each}`));
  const near = suffix ?? suggest(name.slice(name.lastIndexOf("}.") + 1).replace(/^\./, ""), conversationTopics);
  return name === "routing.queued" ? `${conversationPrefix}acd.start` : `${conversationPrefix}${near ?? "acd.start"}`;
};

const problemOf = (topic: string, source: Configuration["source"]["type"]): string | undefined => {
  const literal = "can match no event: a topic is its template, letter by letter, with `{id}` as it is";
  if (topic !== topic.trim()) return "can match no event: there is a space around it";
  if (/[*?]/.test(topic)) return `${literal}; there is no \`*\``;
  if (uuid.test(topic)) return `${literal}, not the id of a conversation`;
  if (otherPlaceholder.test(topic)) return literal;
  if (conversationTopics.some((suffix) => suffix === topic)) return "can match no event: it is the end of a topic only";
  if (templates.some((template) => template !== topic && template === topic.toLowerCase())) {
    return "can match no event: capitals count";
  }
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
