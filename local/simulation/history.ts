import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import type { Cloud } from "../cloud.ts";
import type { ServiceRequest } from "../service.ts";
import { recordFlights } from "./judge/flights.ts";

/** One thing that happened, with the text by which the event concerned is found in it. */
interface Entry {
  /** Milliseconds of the run. */
  readonly at: number;
  readonly what: string;
  readonly text: string;
}

const base64 = /"Data":"([A-Za-z0-9+/=]+)"/g;

/** A request's body as text, what is packed in it unpacked. */
const bodyText = ({ operation, body }: ServiceRequest): string => {
  if (operation === "s3.PutObject" && body[0] === 0x1f) return gunzipSync(body).toString("utf8");
  const text = body.toString("utf8");
  if (operation !== "firehose.PutRecordBatch") return text;
  return [...text.matchAll(base64)].map(([, data = ""]) => Buffer.from(data, "base64").toString("utf8")).join("\n");
};

/**
 * What happened in a run, in the order of its time, across all stages. The digest is that of every line; the texts are
 * kept only where somebody is going to read them.
 */
export const recordHistory = (cloud: Cloud, start: number, keepsTexts: boolean) => {
  const digest = createHash("sha256");
  const entries: Entry[] = [];
  const flights = recordFlights();
  const now = (): number => cloud.clock.now() - start;
  const note = (what: string, text = ""): void => {
    const at = now();
    digest.update(`${at} ${what}\n`);
    if (keepsTexts) entries.push({ at, what, text });
  };
  cloud.gateway.onRequest = (request, functionName) => {
    const who = functionName === undefined ? request.caller || "somebody" : request.caller;
    const size = request.body.length;
    note(`${who} calls ${request.operation} (${size} bytes)`, keepsTexts ? bodyText(request) : "");
  };
  for (const [name, buffer] of cloud.buffers) {
    buffer.onAccepted = (messageId, body) => {
      flights.received(messageId, now());
      note(`${name} takes message ${messageId}`, `${messageId} ${body}`);
    };
  }
  for (const [name, stream] of cloud.streams) {
    stream.onRecord = (data, what) => {
      const line = data.toString("utf8");
      flights.handed(line, now());
      note(`${name}: ${what}`, line);
    };
  }
  cloud.objects.onWritten = (key, body) =>
    note(
      `object ${key} is written (${body.length} bytes)`,
      keepsTexts && body[0] === 0x1f ? gunzipSync(body).toString("utf8") : "",
    );
  return {
    note,
    flights,
    digest: (): string => digest.copy().digest("hex").slice(0, 16),
    /** What happened to the events in whose texts one of the words stands. */
    of: (words: ReadonlyArray<string>): ReadonlyArray<Entry> =>
      entries.filter(({ text, what }) => words.some((word) => text.includes(word) || what.includes(word))),
  };
};

export type History = ReturnType<typeof recordHistory>;
