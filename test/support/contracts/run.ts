import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ContractResult, differences, resultsOf } from "./differences.ts";

/*
 * `npm run test:contract`: the contract suites against the local models, and against another cloud, and where the two
 * differ.
 */

const help = `Runs the contract suites of the adapters against another cloud than the local one, and says where they differ.

  npm run test:contract                                  the local models alone
  npm run test:contract -- --endpoint http://host:port   an emulator (region us-east-1 unless --region says another)
  npm run test:contract -- --aws --region eu-central-1   AWS itself, with your credentials

Against another cloud it makes tables and buckets named floodgate-contract-<random>..., and removes them.
AWS asks for dynamodb: CreateTable, DescribeTable, DeleteTable, PutItem, GetItem, UpdateItem, DeleteItem, BatchGetItem,
BatchWriteItem, Query, Scan; s3: CreateBucket, DeleteBucket, ListBucket, GetObject, PutObject, DeleteObject. A run made
812 requests of moto; of AWS' on-demand tables that is about a cent, by calculation. It keeps nothing.

Exit: 0 all contracts hold, 1 some do not, 2 wrong use.`;

interface Place {
  readonly endpoint?: string;
  readonly region: string;
}

const wrongUse = (message: string): never => {
  console.error(`${message}\n\n${help}`);
  process.exit(2);
};

const readPlace = (): Place | undefined => {
  const { values } = parseArgs({
    options: {
      endpoint: { type: "string" },
      aws: { type: "boolean" },
      region: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    console.log(help);
    process.exit(0);
  }
  if (values.endpoint !== undefined && values.aws === true) return wrongUse("--endpoint or --aws, not both");
  if (values.aws === true)
    return values.region === undefined ? wrongUse("--aws needs --region") : { region: values.region };
  if (values.endpoint === undefined) return undefined;
  if (!URL.canParse(values.endpoint)) return wrongUse(`--endpoint ${values.endpoint} is no URL`);
  return { endpoint: values.endpoint, region: values.region ?? "us-east-1" };
};

/** Emulators take any credentials, but the SDK asks for some. */
const anyCredentials = { AWS_ACCESS_KEY_ID: "contract", AWS_SECRET_ACCESS_KEY: "contract" };

const environmentOf = (place: Place | undefined): NodeJS.ProcessEnv => {
  if (place === undefined) return process.env;
  const at = { CONTRACT_REGION: place.region };
  if (place.endpoint === undefined) return { ...process.env, ...at };
  return { ...anyCredentials, ...process.env, ...at, CONTRACT_ENDPOINT: place.endpoint };
};

const folder = mkdtempSync(join(tmpdir(), "floodgate-contract-"));

const runSuites = async (name: string, place: Place | undefined): Promise<ReadonlyArray<ContractResult>> => {
  const file = join(folder, `${name}.json`);
  console.error(`running the contracts against ${name}`);
  await new Promise((resolve) => {
    const args = ["run", ".contract.test.ts", "--reporter=json", `--outputFile=${file}`];
    const vitest = join("node_modules", "vitest", "vitest.mjs");
    spawn(process.execPath, [vitest, ...args], { env: environmentOf(place), stdio: "ignore" }).on("exit", resolve);
  });
  return resultsOf(readFileSync(file, "utf8"));
};

const other = readPlace();
try {
  const ours = await runSuites("the local models", undefined);
  const theirs = other === undefined ? ours : await runSuites(other.endpoint ?? `AWS, ${other.region}`, other);
  const { text, isGood } = differences(ours, theirs);
  console.log(text);
  process.exitCode = isGood ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
