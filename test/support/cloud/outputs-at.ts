import { writeFileSync } from "node:fs";
import { evaluated, organisation } from "../evaluated.ts";
import { newFolder } from "../local-run.ts";

/** A file of outputs by which commands take a cloud of this machine for the stack `dev`. */
export const outputsAt = async (endpoint: string, others: object = {}): Promise<string> => {
  const { outputs } = await evaluated(organisation);
  const file = `${newFolder()}.json`;
  writeFileSync(file, JSON.stringify({ ...outputs, endpoint, accessKey: "test", ...others }));
  return file;
};
