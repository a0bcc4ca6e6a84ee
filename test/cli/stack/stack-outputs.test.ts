import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clientSettings, readStackOutputs, regionOf } from "../../../cli/stack/stack-outputs.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";
import { newFolder } from "../../support/local-run.ts";

const fileOf = (value: unknown): string => {
  const file = `${newFolder()}.json`;
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
};

describe("the outputs of a stack", () => {
  it("say its region, and that its clients use the machine's own credentials", async () => {
    const local = await readStackOutputs({ outputs: await outputsAt("http://127.0.0.1:1") });
    const { endpoint: _, ...deployed } = { ...local, retryMachineArn: "arn:aws:states:us-west-2:1:stateMachine:retry" };
    expect([regionOf(deployed), clientSettings(deployed)]).toStrictEqual(["us-west-2", { region: "us-west-2" }]);
  });

  it("of a local cloud say where it is, and its clients who they are", async () => {
    const outputs = await readStackOutputs({ outputs: await outputsAt("http://127.0.0.1:1", { accessKey: "key" }) });
    expect(clientSettings(outputs)).toStrictEqual({
      endpoint: "http://127.0.0.1:1",
      region: "eu-central-1",
      disableHostPrefix: true,
      credentials: { accessKeyId: "floodgate-command.key", secretAccessKey: "local" },
    });
  });

  it("have to be there, whole, and asked for", async () => {
    const {
      busName: _,
      shards: __,
      ...half
    } = await readStackOutputs({ outputs: await outputsAt("http://127.0.0.1:1") });
    const [some, broken, nowhere] = [fileOf(half), fileOf("{"), `${newFolder()}.json`];
    await expect(readStackOutputs({ outputs: some })).rejects.toThrow(
      `${some} does not hold the outputs of a Floodgate stack: busName, shards is missing`,
    );
    await expect(readStackOutputs({ outputs: broken })).rejects.toThrow(
      "does not hold the outputs of a Floodgate stack",
    );
    await expect(readStackOutputs({ outputs: nowhere })).rejects.toThrow(`--outputs ${nowhere}: there is no such file`);
    await expect(readStackOutputs({})).rejects.toThrow("name the stack: --stack NAME for a deployed one");
  });
});
