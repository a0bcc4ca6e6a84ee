import { gzipSync } from "node:zlib";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { connectStack } from "../../../cli/stack/stack.ts";
import { lineReader } from "../../../cli/verify/read-lines.ts";
import { deliveredLine } from "../../../src/delivery/delivered-line.ts";
import { envelope, eventOf, message } from "../../support/builders.ts";
import { localStack } from "../../support/cloud/local-stack.ts";

const line = (conversationId: string, name: string): string =>
  deliveredLine(eventOf(message(envelope("acd.start", { eventTime: Date.now(), conversationId, name }))));

describe("lineReader", () => {
  const stack = localStack();
  const put = (name: string, body: Buffer) =>
    new S3Client({ ...stack.client(), forcePathStyle: true }).send(
      new PutObjectCommand({
        Bucket: "floodgate-events",
        Key: `type=acd.start/dt=2026-01-05/shard=0/${name}`,
        Body: body,
      }),
    );
  const objects = (...texts: ReadonlyArray<string>): Buffer => gzipSync(`${texts.join("\n")}\n`);

  it("reads each object once, however often it looks, and one that could not be read again", async () => {
    const look = lineReader(connectStack(await stack.outputs()), "c-verify", Date.now());
    const prefixes = new Set(["type=acd.start/"]);
    await put("first", objects(line("c-verify", "1"), line("c-other", "2"), "no JSON, though it names c-verify"));
    await put("broken", Buffer.from([0x1f, 0x8b, 1]));
    const first = await look(prefixes);
    expect([first.lines.length, [...first.others]]).toStrictEqual([
      1,
      [["type=acd.start/dt=2026-01-05/shard=0/first", 2]],
    ]);
    await put("second", objects(line("c-verify", "3")));
    await put("broken", objects(line("c-verify", "4")));
    const { lines, others } = await look(prefixes);
    expect(lines.map(({ object }) => object.split("/").at(-1))).toStrictEqual(["first", "broken", "second"]);
    expect([...others.values()]).toStrictEqual([2, 0, 0]);
    expect((await look(prefixes)).lines).toHaveLength(3);
  });
});
