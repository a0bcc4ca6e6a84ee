import { afterAll, beforeAll } from "vitest";
import type { Command } from "../../../cli/command.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { realClock } from "../../../local/clock.ts";
import { type Cloud, startCloud } from "../../../local/cloud.ts";
import { inContainer } from "../../../local/models/container-output.ts";
import { devPlan, newFolder } from "../local-run.ts";
import { outputsAt } from "./outputs-at.ts";

/** A command's end and what it printed, on either stream. */
interface Told {
  readonly code: number;
  readonly printed: string;
  /** The object of `--json`; undefined for anything else. */
  readonly answer: unknown;
}

const answerIn = (printed: string): unknown => {
  const line = printed.split("\n").find((each) => each.startsWith("{"));
  return line === undefined ? undefined : JSON.parse(line);
};

/** The stack `dev` as a cloud of this process in real time, before which the commands of a test stand. */
export const localStack = (outputs: object = {}) => {
  let cloud: Cloud | undefined;
  let file = "";
  beforeAll(async () => {
    cloud = await startCloud({ plan: await devPlan(), clock: realClock(), isVirtual: false, out: newFolder() });
    const { endpoint, gateway, genesysUrl } = cloud;
    file = await outputsAt(endpoint, { accessKey: gateway.accessKey, genesysUrl, ...outputs });
  });
  afterAll(() => cloud?.stop());
  const running = (): Cloud => {
    if (cloud === undefined) throw new Error("the cloud of this test has not started");
    return cloud;
  };
  return {
    cloud: running,
    /** The file of its outputs. */
    file: () => file,
    client: () => ({
      endpoint: running().endpoint,
      region: "eu-central-1",
      credentials: { accessKeyId: `test.${running().gateway.accessKey}`, secretAccessKey: "test" },
    }),
    /** Calls a command as a user does, in this process. */
    call: async (command: Command, ...args: ReadonlyArray<string>): Promise<Told> => {
      let printed = "";
      const log = (text: string): void => {
        printed += text;
      };
      const code = await inContainer.run({ log, skew: 0 }, () => command.run([...args, "--outputs", file]));
      return { code, printed, answer: answerIn(printed) };
    },
    outputs: () => readStackOutputs({ outputs: file }),
    folder: newFolder,
  };
};
