import { describe, expect, it } from "vitest";
import { isRedactionOf } from "../../../local/audit/audit-text.ts";

const digest = "sha256:0123456789ab";
const text = '{"ani":"tel:+12025550123","conversationId":"c-1","attributes":"{\\"dnis\\": 4930}","queueId":"q-1"}';

describe("the audit of a redacted line", () => {
  it.each([
    ["a value", `{"ani":"${digest}","conversationId":"c-1","attributes":"{\\"dnis\\": 4930}","queueId":"q-1"}`],
    [
      "a value of a text within it",
      `{"ani":"${digest}","conversationId":"c-1","attributes":"{\\"dnis\\": \\"${digest}\\"}","queueId":"q-1"}`,
    ],
  ])("takes a digest in the place of %s", (_, redacted) => {
    expect(isRedactionOf(redacted, text)).toBe(true);
  });

  it.each([
    ["another value", `{"ani":"${digest}","conversationId":"c-2","attributes":"{\\"dnis\\": 4930}","queueId":"q-1"}`],
    ["a lost end", `{"ani":"${digest}","conversationId":"c-1","attributes":"{\\"dnis\\": 4930}"`],
    ["a lost beginning", `"${digest}","conversationId":"c-1","attributes":"{\\"dnis\\": 4930}","queueId":"q-1"}`],
    [
      "no digest but other text",
      '{"ani":"x","conversationId":"c-1","attributes":"{\\"dnis\\": 4930}","queueId":"q-1"}',
    ],
    ["a lost member between two digests", `{"ani":"${digest}","queueId":"${digest}"}`],
    ["a lost tail behind a digest", `{"ani":"${digest}"}`],
    ["other escapes without a digest", text.replaceAll("\\", "")],
    ["a digest of another length", text.replace("tel:+12025550123", "sha256:0123")],
  ])("refuses %s", (_, redacted) => {
    expect(isRedactionOf(redacted, text)).toBe(false);
  });
});
