import type { Answers } from "./answers.ts";
import type { Found } from "./found.ts";

/** Answers a question; an empty answer means what is offered in brackets. */
export type Ask = (question: string, fallback: string) => Promise<string>;

/** What was said by options; undefined: not said. */
export type Said = { readonly [Key in keyof Answers]?: Answers[Key] | undefined };

interface Asking {
  readonly ask: Ask;
  readonly say: (line: string) => void;
  readonly partnerSources: (awsRegion: string) => Promise<Found<string>>;
  readonly genesysTopics: (genesysRegion: string) => Promise<Found<string>>;
}

const listOf = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** `custom` is how people say that they have no partner source. */
const custom = "custom";

const askSource = async (awsRegion: string, { ask, say, partnerSources }: Asking): Promise<string> => {
  const { offers, told } = await partnerSources(awsRegion);
  say(`  (${told})`);
  for (const offer of offers) say(`    ${offer}`);
  const answer = await ask("Genesys' partner event source, or `custom` for a bus of your own", offers[0] ?? custom);
  return answer === custom ? "" : answer;
};

const askTopics = async (
  genesysRegion: string,
  { ask, say, genesysTopics }: Asking,
): Promise<ReadonlyArray<string>> => {
  if (genesysRegion !== "") {
    const { offers, told } = await genesysTopics(genesysRegion);
    say(`  (${told})`);
    for (const offer of offers) say(`    ${offer}`);
  }
  return listOf(await ask("Topics to take, with commas between them; `all` for all that come", "all")).filter(
    (topic) => topic !== "all",
  );
};

/** Asks for what was not said, in the order in which one answer helps with the next. */
export const askAnswers = async (said: Said, asking: Asking): Promise<Answers> => {
  const { ask } = asking;
  const text = async (key: keyof Said, question: string, fallback: string): Promise<string> => {
    const known = said[key];
    return typeof known === "string" ? known : ask(question, fallback);
  };
  const awsRegion = await text("awsRegion", "AWS region", "eu-central-1");
  const partnerSource = said.partnerSource ?? (await askSource(awsRegion, asking));
  const genesysRegion = await text("genesysRegion", "Genesys region, such as mypurecloud.de; empty for none", "");
  const clientId =
    genesysRegion === "" ? "" : await text("clientId", "Id of its OAuth client (the secret is set later)", "");
  return {
    awsRegion,
    partnerSource,
    genesysRegion,
    clientId,
    topics: said.topics ?? (await askTopics(genesysRegion, asking)),
    firstQueues:
      said.firstQueues ?? listOf(await ask("Queues that come first, by names with *, with commas; empty for none", "")),
    eventsPerMinute: await text("eventsPerMinute", "Events a minute on an average day", "1000"),
    peakEventsPerMinute: await text("peakEventsPerMinute", "Events a minute in a campaign", "10000"),
    email: await text("email", "Where alarms are sent by mail; empty for nowhere", ""),
  };
};
