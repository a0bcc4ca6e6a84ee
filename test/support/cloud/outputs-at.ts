import { writeFileSync } from "node:fs";
import { newFolder } from "../local-run.ts";
import { evaluated, organisation } from "../setup/evaluated.ts";

/** A file of outputs by which commands take a cloud of this machine for the stack `dev`. */
export const outputsAt = async (endpoint: string, others: object = {}): Promise<string> => {
  const { outputs } = await evaluated(organisation);
  const file = `${newFolder()}.json`;
  writeFileSync(file, JSON.stringify({ ...outputs, endpoint, accessKey: "test", ...others }));
  return file;
};
