import type { Frame, FrameEvent } from "../../frame.ts";
import { byId, putMarkup, selectById } from "../dom.ts";
import { groupOf, outcomeMarkup } from "../outcome.ts";
import { clock, escapeText } from "../words.ts";

const mostRows = 12;

const nameOf = ({ messageId, conversationId, type }: FrameEvent, canBeAsked: boolean): string => {
  const name = `${escapeText(type)} ${escapeText(conversationId.slice(0, 8))}`;
  if (!canBeAsked) return name;
  return `<button type="button" data-id="${escapeText(messageId)}">${name}<span class="hidden">, show its conversation</span></button>`;
};

const row = (event: FrameEvent, canBeAsked: boolean): string =>
  `<tr><td>${nameOf(event, canBeAsked)}</td><td class="hide-narrow">${escapeText(event.queue ?? "–")}</td>` +
  `<td>${outcomeMarkup(event.outcome)}</td><td class="r">${clock(event.at)}</td></tr>`;

/** `canBeAsked`: somebody is there who can tell an event's conversation. */
export const showEvents = ({ events }: Frame, canBeAsked: boolean): void => {
  const body = byId("events");
  // Rows must not move away under a hand.
  if (body.contains(document.activeElement) || body.matches(":hover")) return;
  const only = selectById("only").value;
  const rows = events.filter(({ outcome }) => only === "" || groupOf(outcome) === only).slice(0, mostRows);
  putMarkup(
    body,
    rows.map((event) => row(event, canBeAsked)).join("") ||
      `<tr><td colspan="4">${events.length === 0 ? "No event yet." : "None among the last ones."}</td></tr>`,
  );
};

/** Calls back with the event that somebody chose. */
export const onEventChosen = (choose: (messageId: string) => void): void => {
  byId("events").addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    const messageId = button?.dataset["id"];
    if (messageId !== undefined) choose(messageId);
  });
};
