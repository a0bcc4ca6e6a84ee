import { gunzipSync } from "node:zlib";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import * as t from "io-ts";
import { FloodgateMember } from "../../src/delivery/delivered-line.ts";
import { parseJson } from "../../src/text/parse-json.ts";
import { describeFailure } from "../explain-error.ts";
import type { Stack } from "../stack/stack.ts";
import { complain } from "../terminal.ts";

const Line = t.type({ floodgate: FloodgateMember, detail: t.unknown });

/** A line of one of our events, and the object that it lies in. */
export interface StoredLine {
  readonly object: string;
  readonly member: FloodgateMember;
  readonly detail: unknown;
}

/** What objects hold: our lines, and how many of others. */
export interface Stored {
  readonly lines: ReadonlyArray<StoredLine>;
  readonly others: ReadonlyMap<string, number>;
}

const textOf = async ({ s3, outputs }: Stack, key: string): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: outputs.bucketName, Key: key }));
  return gunzipSync((await Body?.transformToByteArray()) ?? "").toString("utf8");
};

/** Reads the objects of prefixes that were written since a moment; each object once, as objects never change. */
export const lineReader = (stack: Stack, conversation: string, since: number) => {
  const lines: StoredLine[] = [];
  const others = new Map<string, number>();
  const seen = new Set<string>();
  const named = new Set<string>();
  const read = (object: string, whole: string): void => {
    let foreign = 0;
    for (const text of whole.trimEnd().split("\n")) {
      const line = text.includes(conversation) ? parseJson(text) : undefined;
      if (Line.is(line) && line.floodgate.conversationId === conversation)
        lines.push({ object, member: line.floodgate, detail: line.detail });
      else foreign += 1;
    }
    others.set(object, foreign);
    seen.add(object);
  };
  /** One that cannot be read is looked at again, and must not keep the others from being read. */
  const readObject = async (object: string): Promise<void> => {
    try {
      read(object, await textOf(stack, object));
    } catch (error) {
      if (!named.has(object)) complain(`${object} cannot be read: ${describeFailure(error)}`);
      named.add(object);
    }
  };
  return async (prefixes: ReadonlySet<string>): Promise<Stored> => {
    for (const Prefix of prefixes) {
      const pages = paginateListObjectsV2({ client: stack.s3 }, { Bucket: stack.outputs.bucketName, Prefix });
      for await (const { Contents = [] } of pages) {
        for (const { Key, LastModified } of Contents) {
          const isNew = LastModified === undefined || LastModified.getTime() >= since - 60_000;
          if (Key !== undefined && isNew && !seen.has(Key)) await readObject(Key);
        }
      }
    }
    return { lines, others };
  };
};
