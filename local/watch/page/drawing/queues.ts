import type { Frame, FrameQueue } from "../../frame.ts";
import { byId, put, putMarkup } from "../dom.ts";
import { escapeText, number } from "../words.ts";

const binHeight = 30;

const bars = (
  queue: FrameQueue,
  y: (value: number) => string,
  pick: (bin: FrameQueue["bins"][number]) => number,
): string =>
  queue.bins
    .map((bin, at) => (pick(bin) > 0 ? `M${at + 0.08} ${binHeight}V${y(pick(bin))}h.84V${binHeight}z` : ""))
    .join("");

const chart = (queue: FrameQueue): string => {
  const most = Math.max(
    (queue.limit ?? 0) * 1.25,
    1,
    ...queue.bins.map(({ admitted, setAside }) => admitted + setAside),
  );
  const y = (value: number): string => (binHeight - ((binHeight - 1) * value) / most).toFixed(2);
  const limit = queue.limit === null ? "" : `<path class="limit" d="M0 ${y(queue.limit)}H60"/>`;
  return (
    `<svg viewBox="0 0 60 ${binHeight}" preserveAspectRatio="none" aria-hidden="true">` +
    `<path class="set-aside" d="${bars(queue, y, ({ admitted, setAside }) => admitted + setAside)}"/>` +
    `<path class="admitted" d="${bars(queue, y, ({ admitted }) => admitted)}"/>${limit}</svg>`
  );
};

const item = (queue: FrameQueue): string => {
  const admitted = queue.bins.reduce((sum, bin) => sum + bin.admitted, 0);
  const setAside = queue.bins.reduce((sum, bin) => sum + bin.setAside, 0);
  const priority = queue.priority === null ? "no priority" : `priority ${queue.priority}`;
  return (
    `<li><h3><b>${escapeText(queue.name)}</b><span>${priority}</span></h3>${chart(queue)}` +
    `<p><span>${number(admitted + setAside)} offered</span><span>${number(setAside)} set aside</span></p></li>`
  );
};

/** The busiest queues as small charts of what was admitted and what was set aside. */
export const showQueues = ({ queues }: Frame): void => {
  putMarkup(byId("queues"), queues.map(item).join(""));
  put("no-queues", queues.length === 0 ? "No queue entries in the last quarter of an hour." : "");
};
