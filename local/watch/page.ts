import type { ServerResponse } from "node:http";
import type { Cloud } from "../cloud.ts";
import { controlPath } from "../gateway.ts";
import type { OutageName } from "../outages.ts";
import type { Pace } from "../paced-clock.ts";
import { answerControl, answerJson, switchOutage } from "./controls.ts";
import { Guide } from "./guide.ts";
import { pageHtml } from "./page-html.ts";
import { Watch } from "./watch.ts";

/*
 * The live page of `floodgate dev`, below the gateway's control path: a page without a build step or external assets,
 * server-sent events that it shows, and switches. Only on 127.0.0.1, as everything here.
 */

/** The machine's own timers, whatever clock is put over those of the process later. */
const { setInterval: machineInterval, clearInterval: clearMachineInterval } = globalThis;

const everyMilliseconds = 500;

/** Nothing from elsewhere, and in nobody's frame. */
const pageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

/** What is known of a conversation, for the page to draw; null where nothing is. */
type TellConversation = (id: string) => Promise<object | null>;

interface PageOptions {
  readonly cloud: Cloud;
  /** The outages that the cloud's gateway obeys. */
  readonly active: Set<OutageName>;
  /** Undefined: time is the machine's own. */
  readonly pace: Pace | undefined;
  readonly tell: TellConversation;
  /** Pauses the flow as `floodgate pause` does, or ends that. */
  readonly pause: (isOn: boolean) => Promise<unknown>;
  /** The share of malformed events, in percent, above which it is called bad. */
  readonly malformedPercent: number;
}

const answerConversation = async (tell: TellConversation, query: string, response: ServerResponse): Promise<void> => {
  const id = new URLSearchParams(query).get("id") ?? "";
  try {
    answerJson(response, 200, { id, timeline: await tell(id) });
  } catch (error) {
    answerJson(response, 503, { message: error instanceof Error ? error.message : String(error) });
  }
};

/** Serves the page of a cloud; answers the page's address. */
export const servePage = ({ cloud, active, pace, tell, pause, malformedPercent }: PageOptions): string => {
  const watch: Watch = new Watch(cloud, {
    active,
    malformedPercent,
    guide: () => guide.frame(),
    pace: () =>
      pace === undefined ? null : { speed: pace.speed(), isRunning: pace.isRunning(), achieved: pace.achieved() },
  });
  const guide = new Guide({
    cloud,
    switchOutage: (name, isOn) => switchOutage({ watch, active }, name, isOn),
    isDown: (name) => active.has(name),
    inFlight: (chunks) => watch.tally.inFlight(chunks),
  });
  // Put together before somebody waits for it.
  pageHtml();
  const control = answerControl({ cloud, watch, guide, active, pace, pause });

  const stream = (response: ServerResponse): void => {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    let pointsAfter = 0;
    let isBusy = false;
    const send = async (): Promise<void> => {
      // A frame that takes longer than the pause between two is not overtaken by the next, and who does not read gets none.
      if (isBusy || response.writableNeedDrain) return;
      isBusy = true;
      try {
        const frame = await watch.frame({ pointsAfter });
        pointsAfter = frame.points.at(-1)?.at ?? pointsAfter;
        response.write(`data: ${JSON.stringify(frame)}\n\n`);
      } catch (error) {
        // The next one may work; a page that gets none says so after a while.
        console.error(error);
      } finally {
        isBusy = false;
      }
    };
    const timer = machineInterval(() => void send(), everyMilliseconds);
    response.once("close", () => clearMachineInterval(timer));
    void send();
  };

  const answerHistory = (query: string, response: ServerResponse): void => {
    const copy = watch.journal.copyOf(new URLSearchParams(query).get("messageId") ?? "");
    if (copy === undefined) answerJson(response, 404, { message: "this event is not among the last ones any more" });
    else answerJson(response, 200, copy);
  };

  cloud.gateway.control = (request, body, response) => {
    const [path = "", query = ""] = (request.url ?? "").slice(controlPath.length).split("?");
    if (request.method === "POST" && control(path, body, response)) return;
    if (path === "/events") stream(response);
    else if (path === "/conversation") void answerConversation(tell, query, response);
    else if (path === "/history") answerHistory(query, response);
    else if (path === "" || path === "/") {
      response.writeHead(200, pageHeaders);
      response.end(pageHtml());
    } else
      answerJson(response, 404, {
        message: "there is only /, /events, /history, /conversation, /outages, /operator, /clock, /guide and /campaign",
      });
  };
  return `${cloud.endpoint}${controlPath}/`;
};
