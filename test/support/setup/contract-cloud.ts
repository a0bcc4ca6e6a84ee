import { createServer, type Server } from "node:http";
import type { CloudUnderContract } from "../contracts/contract-cloud.ts";

/*
 * One cloud for the contract suites of a whole run of the tests: the local one, or that of CONTRACT_ENDPOINT and
 * CONTRACT_REGION (`npm run test:contract`). It is started when the first suite asks for it, so that runs without one
 * do not pay for it.
 */

const listen = (server: Server): Promise<string> =>
  new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("not listening"));
      else resolve(`http://127.0.0.1:${address.port}`);
    });
  });

const close = (server: Server): void => {
  server.closeAllConnections();
  server.close();
};

interface Started {
  readonly description: CloudUnderContract;
  readonly stop: () => void;
}

const start = async (): Promise<Started> => {
  const { devPlan, newFolder } = await import("../local-run.ts");
  const { createTableOf } = await import("../../../local/models/tables.ts");
  const plan = await devPlan();
  const tables = Object.fromEntries(
    plan.ofType("aws:dynamodb/table:Table").map((resource) => [resource.name, createTableOf(resource)]),
  ) as CloudUnderContract["tables"];
  const region = process.env["CONTRACT_REGION"];
  const endpoint = process.env["CONTRACT_ENDPOINT"];
  if (region !== undefined) {
    return {
      description: { region, tables, ...(endpoint === undefined ? {} : { endpoint }) },
      stop: () => undefined,
    };
  }
  const { realClock } = await import("../../../local/clock.ts");
  const { startCloud } = await import("../../../local/cloud.ts");
  const { default: dynalite } = await import("dynalite");
  const cloud = await startCloud({ plan, clock: realClock(), isVirtual: false, out: newFolder() });
  const dynamoDb = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  const tablesEndpoint = await listen(dynamoDb);
  return {
    description: {
      region: "eu-central-1",
      tables,
      endpoint: cloud.endpoint,
      tablesEndpoint,
      localKey: cloud.gateway.accessKey,
    },
    stop: () => {
      close(dynamoDb);
      cloud.stop();
    },
  };
};

export const setup = async (): Promise<() => Promise<void>> => {
  let started: Promise<Started> | undefined;
  const desk = createServer((_, response) => {
    started ??= start();
    started.then(
      ({ description }) => response.end(JSON.stringify(description)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  process.env["CONTRACT_CLOUD"] = await listen(desk);
  return async () => {
    close(desk);
    (await started)?.stop();
  };
};
