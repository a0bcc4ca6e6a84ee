import type { Frame, FrameChunk } from "../../frame.ts";
import { byId, putMarkup } from "../dom.ts";
import { escapeText, lasts, number, plural } from "../words.ts";

const mostRows = 8;

const row = ({ id, reason, events, attempt, isCanary, dueAt, madeAt }: FrameChunk, now: number): string => {
  const left = Math.max(0, dueAt - now);
  const percent = Math.min(100, (100 * left) / Math.max(1, dueAt - madeAt)).toFixed(0);
  return (
    `<tr><td><code>${escapeText(id.slice(0, 12))}</code>${isCanary ? "<br><small>asks for all the others</small>" : ""}</td>` +
    `<td>${escapeText(reason)}</td><td class="r">${number(events)}</td><td class="r">${number(attempt)}</td>` +
    `<td>${left === 0 ? "now" : lasts(left)}<span class="wait"><i style="width:${percent}%"></i></span></td></tr>`
  );
};

const table = ({ chunks, chunksInAll, at }: Frame): string => {
  if (chunks.length === 0) return '<p class="empty">No chunk is waiting to be retried.</p>';
  const shown = chunks.slice(0, mostRows);
  const more = chunksInAll - shown.length;
  return (
    '<table><thead><tr><th scope="col">chunk</th><th scope="col">reason</th><th scope="col" class="r">events</th>' +
    '<th scope="col" class="r">attempt</th><th scope="col" class="next">next one in</th></tr></thead>' +
    `<tbody>${shown.map((chunk) => row(chunk, at)).join("")}</tbody></table>` +
    (more > 0 ? `<p class="empty">and ${number(more)} more</p>` : "")
  );
};

const parkedText = (parked: Frame["ledger"]["parked"]): string => {
  const reasons = Object.entries(parked);
  if (reasons.length === 0) return "";
  const words = reasons
    .map(([reason, copies]) => `${plural(copies, "event")} parked as ${escapeText(reason)}`)
    .join(", ");
  return `<p class="empty"><span class="mark parked-mark" aria-hidden="true">■</span>${words}: each is kept with its payload and its reason.</p>`;
};

/** Failed chunks with their next attempts, and what is parked. */
export const showFailed = (frame: Frame): void => {
  putMarkup(byId("failed"), table(frame) + parkedText(frame.ledger.parked));
};
