import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { mockState } from "../../infra/plan/mock-state.ts";

// Pulumi's own gRPC and message classes, resolved from where Pulumi resolves them.
const require = createRequire(import.meta.url);
const pulumi = createRequire(require.resolve("@pulumi/pulumi"));
const grpc = pulumi("@grpc/grpc-js");
const resourceServices = pulumi("./proto/resource_grpc_pb.js");
const resourceMessages = pulumi("./proto/resource_pb.js");
const engineServices = pulumi("./proto/engine_grpc_pb.js");
const engineMessages = pulumi("./proto/engine_pb.js");
const { Empty } = pulumi("google-protobuf/google/protobuf/empty_pb.js");
const { Struct } = pulumi("google-protobuf/google/protobuf/struct_pb.js");

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
  readonly ignoreChanges: ReadonlyArray<string>;
}

export interface EngineRun {
  readonly exitCode: number | null;
  readonly registered: ReadonlyArray<Registered>;
  /** What the program logged, and what it wrote to its error output. */
  readonly messages: string;
}

export interface EngineOptions {
  readonly configuration: Readonly<Record<string, string>>;
  readonly isPreview: boolean;
  /** Keys that the engine says are encrypted. */
  readonly secretKeys?: ReadonlyArray<string>;
  readonly stack?: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const runner = require.resolve("@pulumi/pulumi/cmd/run/index.js");

const start = async (registered: Registered[], logged: string[], isPreview: boolean) => {
  const server = new grpc.Server();
  server.addService(resourceServices.ResourceMonitorService, {
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    supportsFeature: (_call: any, answer: any) => {
      const response = new resourceMessages.SupportsFeatureResponse();
      response.setHassupport(false);
      answer(null, response);
    },
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    invoke: (_call: any, answer: any) => {
      const response = new resourceMessages.ResourceInvokeResponse();
      response.setReturn(Struct.fromJavaScript({ accountId: "123456789012", region: "eu-central-1" }));
      answer(null, response);
    },
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    registerResource: (call: any, answer: any) => {
      const type = call.request.getType();
      const name = call.request.getName();
      const inputs = call.request.getObject()?.toJavaScript() ?? {};
      registered.push({ type, name, inputs, ignoreChanges: call.request.getIgnorechangesList() });
      const response = new resourceMessages.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:dev::floodgate::${type}::${name}`);
      // In a preview nothing exists yet: no id, and every output that is not an input stays unknown.
      const created = mockState(type, name, inputs);
      response.setId(isPreview ? "" : created.id);
      response.setObject(Struct.fromJavaScript(isPreview ? inputs : created.state));
      answer(null, response);
    },
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    registerResourceOutputs: (_call: any, answer: any) => answer(null, new Empty()),
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    signalAndWaitForShutdown: (_call: any, answer: any) => answer(null, new Empty()),
  });
  server.addService(engineServices.EngineService, {
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    log: (call: any, answer: any) => {
      if (call.request.getSeverity() >= engineMessages.LogSeverity.WARNING) logged.push(call.request.getMessage());
      answer(null, new Empty());
    },
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    getRootResource: (_call: any, answer: any) => answer(null, new engineMessages.GetRootResourceResponse()),
    // biome-ignore lint/suspicious/noExplicitAny: messages of Pulumi's untyped protocol classes
    setRootResource: (_call: any, answer: any) => answer(null, new engineMessages.SetRootResourceResponse()),
  });
  const port: number = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
};

/** Runs index.ts as `pulumi up` and `pulumi preview` do: Pulumi's own node runtime, against a stub of its engine. */
export const runWithStubEngine = async ({
  configuration,
  isPreview,
  secretKeys = [],
  stack = "dev",
}: EngineOptions): Promise<EngineRun> => {
  const registered: Registered[] = [];
  const messages: string[] = [];
  const engine = await start(registered, messages, isPreview);
  const args = [
    "--import",
    "./infra/require-node.mjs",
    runner,
    ...["--monitor", engine.address, "--engine", engine.address, "--project", "floodgate", "--stack", stack],
    ...["--organization", "organization"],
    ...["--pwd", root, "--parallel", "16", ...(isPreview ? ["--dry-run"] : []), "index.ts"],
  ];
  const program = spawn(process.execPath, args, {
    cwd: root,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(configuration),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
      PULUMI_NODEJS_TYPESCRIPT: "false",
    },
  });
  // Without its engine the runtime tries for ever: whoever ends the test ends it as well.
  const kill = (): void => void program.kill("SIGKILL");
  process.once("exit", kill);
  for (const stream of [program.stdout, program.stderr]) stream.on("data", (text) => messages.push(String(text)));
  const exitCode: number | null = await new Promise((resolve) => program.once("close", resolve));
  process.off("exit", kill);
  engine.stop();
  return { exitCode, registered, messages: messages.join("\n") };
};
