import type { Cloud } from "../../cloud.ts";
import type { Journal } from "../journal.ts";
import type { Tally } from "./tally.ts";

/** Tells a journal and a tally what happens in a cloud, beside whoever listens already, as the judge of a simulation does. */
export const listenTo = (cloud: Cloud, journal: Journal, tally: Tally): void => {
  for (const { buffer } of cloud.mappings) {
    const before = buffer.onAccepted;
    buffer.onAccepted = (messageId, body) => {
      before(messageId, body);
      journal.received(messageId, body);
    };
  }
  for (const stream of cloud.streams.values()) {
    const before = stream.onRecord;
    stream.onRecord = (data, what) => {
      before(data, what);
      const messageId = tally.noteRecord(data, what);
      if (messageId !== undefined && what === "handed to Firehose") journal.note(messageId, "in Firehose");
    };
  }
  const before = cloud.objects.onWritten;
  cloud.objects.onWritten = (key, body) => {
    before(key, body);
    tally.noteChunk(key, body);
    journal.noteChunk(key, body);
  };
};
