import { describe, expect, it } from "vitest";
import { command } from "../../../cli/flow/pause.ts";
import { answeringCloud, failure, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

describe("floodgate pause", () => {
  const cloud = answeringCloud();
  const operations = () => cloud.calls().map(({ operation }) => operation.split(" ")[0]);

  it("opens the breaker first, and switches the mapping off then: else a redrive in between would switch it on", async () => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(ok());
    expect(await command.run(["--reason", "a test", "--outputs", file, "--json"])).toBe(0);
    expect(operations()).toStrictEqual(["PutItem", "PUT"]);
    expect(cloud.calls().at(-1)?.input["body"]).toContain('"Enabled":false');
  });

  it("leaves the mapping on when the breaker cannot be opened, and fails", async () => {
    const file = await outputsAt(cloud.endpoint());
    cloud.answer(failure(400, "AccessDeniedException"));
    await expect(command.run(["--outputs", file])).rejects.toThrow();
    expect(operations()).not.toContain("PUT");
  });
});
