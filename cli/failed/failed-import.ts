import { randomUUID } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { type ExitCode, exitCode, readOptions } from "../command.ts";
import { describeFailure } from "../explain-error.ts";
import { openStack, type Stack } from "../stack/stack.ts";
import { stackOptions } from "../stack/stack-outputs.ts";
import { complain, number, progressLine, say } from "../terminal.ts";
import { bringIn } from "./bring-in.ts";
import { type ErrorRecord, listErrorObjects, readErrorObject } from "./error-objects.ts";

interface Record extends ErrorRecord {
  readonly record: Buffer;
}

const isRecord = (line: ErrorRecord): line is Record => line.record !== undefined;

/** Leaves in an object only what is not in Firehose again. */
const keepOnly = async ({ s3, outputs }: Stack, key: string, lines: ReadonlyArray<ErrorRecord>): Promise<void> => {
  const object = { Bucket: outputs.bucketName, Key: key };
  const text = lines.map(({ line }) => `${line}\n`).join("");
  if (lines.length === 0) await s3.send(new DeleteObjectCommand(object));
  else await s3.send(new PutObjectCommand({ ...object, Body: text }));
};

interface Imported {
  readonly records: number;
  readonly refused: number;
  /** Lines that are no records. */
  readonly broken: number;
}

const importObject = async (
  stack: Stack,
  key: string,
  offer: ReturnType<typeof bringIn> | undefined,
): Promise<Imported> => {
  const isDry = offer === undefined;
  const lines = await readErrorObject(stack, key);
  const records = lines.filter(isRecord);
  const broken = lines.filter((line) => !isRecord(line));
  const places = isDry ? new Set<number>() : await offer(records.map(({ record }) => record.toString("utf8")));
  const refused = records.filter((_, place) => places.has(place));
  const left = [...refused, ...broken];
  if (!isDry && (left.length < lines.length || left.length === 0)) await keepOnly(stack, key, left);
  return { records: records.length, refused: refused.length, broken: broken.length };
};

export const importErrors = async (args: ReadonlyArray<string>): Promise<ExitCode> => {
  const options = readOptions(args, { ...stackOptions, "dry-run": { type: "boolean", default: false } });
  const isDry = options["dry-run"];
  const stack = await openStack(options);
  const keys = await listErrorObjects(stack);
  const progress = progressLine();
  const total = { records: 0, refused: 0, broken: 0 };
  const failed: string[] = [];
  let shown = "";
  const onWait = (): void => progress.show(`${shown}, waiting for a retry to end`);
  const onFailure = (reason: string): void => complain(`${shown}: nobody knows whose turn it is: ${reason}`);
  const offer = isDry ? undefined : bringIn(stack, `import.${randomUUID()}`, onWait, onFailure);
  for (const [index, key] of keys.entries()) {
    shown = `${number(index)} of ${number(keys.length)} objects`;
    progress.show(shown);
    try {
      const { records, refused, broken } = await importObject(stack, key, offer);
      total.records += records;
      total.refused += refused;
      total.broken += broken;
      if (broken > 0) complain(`${key}: ${number(broken)} lines are not Firehose's; they stay there.`);
    } catch (error) {
      // One that cannot be read must not keep those back that come after it.
      failed.push(key);
      complain(`${key} was skipped: ${describeFailure(error)}`);
    }
  }
  progress.clear();
  const { records, refused, broken } = total;
  if (options.json) say(JSON.stringify({ objects: keys.length, records, refused, broken, failed, dryRun: isDry }));
  else {
    const done = `${number(records - refused)} records of ${number(keys.length - failed.length)} objects`;
    say(isDry ? `Would bring back ${done}.` : `Brought back ${done}.`);
    if (refused > 0) say(`${number(refused)} were refused and stay under errors/: run it again.`);
    if (failed.length > 0) say(`${number(failed.length)} objects were skipped, and stay where they are.`);
  }
  return refused === 0 && failed.length === 0 && broken === 0 ? exitCode.done : exitCode.failed;
};
