/** What the program asks of Pulumi itself for a resource; only what differs from the default. */
export interface PlannedOptions {
  readonly protect?: true;
  readonly retainOnDelete?: true;
  readonly deleteBeforeReplace?: true;
  readonly ignoreChanges?: ReadonlyArray<string>;
  /** Explicit ones, as `<type> <name>`, in order. */
  readonly dependsOn?: ReadonlyArray<string>;
}

/** A resource as the program declares it. */
export interface PlannedResource {
  /** Pulumi type token, such as `aws:sqs/queue:Queue`. */
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Absent when there are none. */
  readonly options?: PlannedOptions;
}

// Marker keys of Pulumi's wire format (sdk/nodejs/runtime/rpc.ts).
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

const record = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const plain = async (value: unknown): Promise<unknown> => {
  const settled = await value;
  if (Array.isArray(settled)) return Promise.all(settled.map(plain));
  if (!record(settled)) return settled;
  if (settled[signature] === secretSignature) return "[secret]";
  if (settled["__pulumiAsset"] === true) return "[asset]";
  if (settled["__pulumiArchive"] === true) return { archive: await plainFiles(settled["assets"]) };
  return plainRecord(settled);
};

/** Files of an archive by name: data as their text, because the local run needs it, code without. */
const plainFiles = async (value: unknown): Promise<unknown> => {
  const files = await value;
  if (!record(files)) return {};
  const entries = Object.entries(files).map(async ([name, file]) => {
    const asset = await file;
    const text = record(asset) && name.endsWith(".json") ? await asset["text"] : "[asset]";
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};

const plainRecord = async (value: unknown): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const settled = await value;
  if (!record(settled)) return undefined;
  const names = Object.keys(settled).toSorted();
  const entries = await Promise.all(names.map(async (name) => [name, await plain(settled[name])] as const));
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
};

/** Inputs as plain JSON: secrets as "[secret]", an archive as the names of its files. */
export const plainInputs = async (inputs: unknown): Promise<PlannedResource["inputs"]> =>
  (await plainRecord(inputs)) ?? {};
