import { describe, expect, it } from "vitest";
import { type Answers, checkAnswers, secretStandIn, valuesOf } from "../../../cli/init/answers.ts";
import { type Ask, askAnswers, type Said } from "../../../cli/init/ask-answers.ts";
import { stackFileText } from "../../../cli/init/stack-file-text.ts";
import { defaultRules } from "../../../src/priorities/priority-rule.ts";

const source = "aws.partner/genesys.com/cloud/0a1b/main";

const least: Answers = {
  awsRegion: "eu-central-1",
  partnerSource: "",
  topics: [],
  genesysRegion: "",
  clientId: "",
  firstQueues: [],
  eventsPerMinute: "",
  peakEventsPerMinute: "",
  email: "",
};
const most: Answers = {
  awsRegion: "us-east-1",
  partnerSource: source,
  topics: ["v2.detail.events.conversation.{id}.acd.start"],
  genesysRegion: "mypurecloud.com",
  clientId: "0a1b",
  firstQueues: ["VIP*"],
  eventsPerMinute: "500",
  peakEventsPerMinute: "2000",
  email: "on-call@example.com",
};

describe("the values of a new stack", () => {
  it("are as few as were said", () => {
    expect(valuesOf(least)).toStrictEqual({ "aws:region": "eu-central-1", "floodgate:source": { type: "custom" } });
    expect(secretStandIn(valuesOf(least))).toStrictEqual([]);
  });

  it("hold everything that was said, and no secret", () => {
    expect(valuesOf(most)).toStrictEqual({
      "aws:region": "us-east-1",
      "floodgate:source": { type: "partner", name: source },
      "floodgate:topics": ["v2.detail.events.conversation.{id}.acd.start"],
      "floodgate:genesys": { region: "mypurecloud.com", clientId: "0a1b" },
      "floodgate:priorities": [{ name: "VIP*", priority: 10 }, ...defaultRules],
      "floodgate:expected": { eventsPerMinute: 500, peakEventsPerMinute: 2000 },
      "floodgate:alarms": { email: "on-call@example.com" },
    });
    expect(() => checkAnswers(valuesOf(most))).not.toThrow();
  });

  it("are refused with all mistakes at once, in the words of the program", () => {
    const wrong = { ...most, partnerSource: "mine", eventsPerMinute: "many", email: "nobody" };
    expect(() => checkAnswers(valuesOf(wrong))).toThrow(
      /^The configuration has 3 mistakes; nothing was written\.\n.*source\.name is "mine".*\n.*eventsPerMinute is "many".*\n.*email is "nobody"/,
    );
  });

  it("stand in the file with a comment above each key", () => {
    const text = stackFileText("prod", valuesOf(most));
    expect(text.match(/^ {2}[a-z]+:\w+:/gm)?.length).toBe(text.match(/^ {2}# /gm)?.length);
    expect(text).toContain("  floodgate:priorities:\n    - name: VIP*\n      priority: 10\n");
  });
});

const offered = (offers: ReadonlyArray<string>) => async () => ({ offers, told: `${offers.length} found` });

const asked = async (said: Said, answersTo: Readonly<Record<string, string>>) => {
  const questions: string[] = [];
  const lines: string[] = [];
  const ask: Ask = async (question, fallback) => {
    questions.push(`${question.split(/[,;(]/)[0]?.trim()} [${fallback}]`);
    return Object.entries(answersTo).find(([start]) => question.startsWith(start))?.[1] ?? fallback;
  };
  const answers = await askAnswers(said, {
    ask,
    say: (line) => void lines.push(line),
    partnerSources: offered([source]),
    genesysTopics: offered(["acd.start"]),
  });
  return { answers, questions, lines };
};

describe("askAnswers", () => {
  it("asks for everything, offers what it finds, and takes what stands in brackets", async () => {
    const { answers, questions, lines } = await asked({}, { "Genesys region": "mypurecloud.de" });
    expect(questions).toStrictEqual([
      "AWS region [eu-central-1]",
      `Genesys' partner event source [${source}]`,
      "Genesys region []",
      "Id of its OAuth client []",
      "Topics to take [all]",
      "Queues that come first []",
      "Events a minute on an average day [1000]",
      "Events a minute in a campaign [10000]",
      "Where alarms are sent by mail []",
    ]);
    expect(lines).toStrictEqual(["  (1 found)", `    ${source}`, "  (1 found)", "    acd.start"]);
    expect(answers).toStrictEqual({
      ...least,
      partnerSource: source,
      genesysRegion: "mypurecloud.de",
      eventsPerMinute: "1000",
      peakEventsPerMinute: "10000",
    });
  });

  it("takes a bus of the stack's own, several topics and queues, and asks Genesys for nothing without a region", async () => {
    const { answers, lines } = await asked(
      {},
      { "Genesys' partner": "custom", "Topics to take": "a, b,", "Queues that come": "VIP*, Sales" },
    );
    expect([answers.partnerSource, answers.topics, answers.firstQueues, answers.clientId]).toStrictEqual([
      "",
      ["a", "b"],
      ["VIP*", "Sales"],
      "",
    ]);
    expect(lines).toHaveLength(2);
  });

  it("asks for nothing that was said", async () => {
    const unasked = async (): Promise<never> => Promise.reject(new Error("was not expected to be asked"));
    const asking = { ask: unasked, say: () => undefined, partnerSources: unasked, genesysTopics: unasked };
    expect(await askAnswers(most, asking)).toStrictEqual(most);
  });
});
