import { readFileSync, writeFileSync } from "node:fs";
import { evaluatePlan } from "../../../cli/plan/evaluate-plan.ts";
import { newFolder } from "../local-run.ts";

const genesys = 'floodgate:genesys={"region":"mypurecloud.de","clientId":"local","clientSecret":"local"}';

let known: Promise<object> | undefined;

const outputsOfDev = async (): Promise<object> => {
  const file = `${newFolder()}.json`;
  await evaluatePlan("dev", [genesys], file);
  return JSON.parse(readFileSync(file, "utf8"));
};

/** A file of outputs by which commands take a cloud of this machine for the stack `dev`. */
export const outputsAt = async (endpoint: string): Promise<string> => {
  known ??= outputsOfDev();
  const file = `${newFolder()}.json`;
  writeFileSync(file, JSON.stringify({ ...(await known), endpoint, accessKey: "test" }));
  return file;
};
