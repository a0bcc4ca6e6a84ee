import { afterEach, describe, expect, it } from "vitest";
import { command as doctor } from "../../../cli/doctor/doctor.ts";
import { jsonAnswer } from "../../../local/service.ts";
import { localStack } from "../../support/cloud/local-stack.ts";

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly found: string;
}

describe("doctor, of the topics that an organisation offers", () => {
  const topic = "v2.detail.events.conversation.{id}.acd.start";
  const stack = localStack({ topics: [topic] });
  afterEach(() => {
    stack.cloud().gateway.changeAnswer = (_, answer) => answer;
  });

  it.each<[string, ReadonlyArray<string>, verdict: string]>([
    ["EventBridge alone", ["EventBridge"], "ok"],
    ["All", ["All"], "ok"],
    ["EventBridge among others", ["Websocket", "EventBridge"], "ok"],
    ["another one", ["Websocket"], "problem"],
    ["none", [], "problem"],
  ])("takes a topic on the transport %s for offered or not", async (_, transports, verdict) => {
    stack.cloud().gateway.changeAnswer = ({ path }, answer) =>
      path.includes("/availabletopics") ? jsonAnswer(200, { entities: [{ id: topic, transports }] }) : answer;
    const told = await stack.call(doctor, "--json");
    const found: ReadonlyArray<Finding> = Object(told.answer).findings;
    expect(found.find(({ check }) => check === "topics")?.verdict).toBe(verdict);
  });
});
