import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import * as t from "io-ts";
import type { Cloud } from "../cloud.ts";
import { controlPath } from "../gateway.ts";
import { isOutage, type OutageName, outages } from "../outages.ts";
import { parseJson } from "../text.ts";
import { Journal } from "./journal.ts";
import { takeSnapshot } from "./snapshot.ts";

/*
 * The live page of `floodgate dev`, below the gateway's control path: a page without a build step or external assets,
 * server-sent events that it shows, and a switch for each outage. Only on 127.0.0.1, as everything here.
 */

const everyMilliseconds = 500;
const mostCopies = 50;

const Switch = t.type({ name: t.string, isOn: t.boolean });

const html = (): string => readFileSync(new URL("./page.html", import.meta.url), "utf8");

const answerJson = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
};

const watchCloud = (cloud: Cloud): Journal => {
  const journal = new Journal(cloud.clock);
  cloud.mapping.buffer.onAccepted = (messageId, body) => journal.received(messageId, body);
  for (const stream of cloud.streams.values()) stream.onRecord = (data, what) => journal.noteRecord(data, what);
  cloud.objects.onWritten = (key, body) => journal.noteChunk(key, body);
  return journal;
};

/** What is known of a conversation, for the page to draw; null where nothing is. */
type TellConversation = (id: string) => Promise<object | null>;

const answerConversation = async (tell: TellConversation, query: string, response: ServerResponse): Promise<void> => {
  const id = new URLSearchParams(query).get("id") ?? "";
  try {
    answerJson(response, 200, { id, timeline: await tell(id) });
  } catch (error) {
    answerJson(response, 503, { message: error instanceof Error ? error.message : String(error) });
  }
};

/** Serves the page of a cloud; `active` is the set of outages that its gateway obeys. Answers the page's address. */
export const servePage = (cloud: Cloud, active: Set<OutageName>, tell: TellConversation): string => {
  const journal = watchCloud(cloud);

  const stream = (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const send = async (): Promise<void> => {
      const snapshot = await takeSnapshot(cloud);
      const state = {
        ...snapshot,
        outages: Object.entries(outages).map(([name, { describes }]) => ({
          name,
          describes,
          isOn: isOutage(name) && active.has(name),
        })),
        copies: journal.latest(mostCopies),
      };
      response.write(`data: ${JSON.stringify(state)}\n\n`);
    };
    const timer = setInterval(() => void send(), everyMilliseconds);
    response.once("close", () => clearInterval(timer));
    void send();
  };

  const switchOutage = (body: Buffer, response: ServerResponse): void => {
    const wanted = parseJson(body.toString("utf8"));
    if (!Switch.is(wanted) || !isOutage(wanted.name)) answerJson(response, 400, { message: "no such outage" });
    else {
      if (wanted.isOn) active.add(wanted.name);
      else active.delete(wanted.name);
      answerJson(response, 200, { active: [...active] });
    }
  };

  cloud.gateway.control = (request, body, response) => {
    const [path, query = ""] = (request.url ?? "").slice(controlPath.length).split("?");
    if (request.method === "POST" && path === "/outages") switchOutage(body, response);
    else if (path === "/events") stream(response);
    else if (path === "/conversation") void answerConversation(tell, query, response);
    else if (path === "" || path === "/") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(html());
    } else answerJson(response, 404, { message: "there is only /, /events, /conversation and /outages" });
  };
  return `${cloud.endpoint}${controlPath}/`;
};
