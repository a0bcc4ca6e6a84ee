import type { InputEvent } from "../../local/campaign/input-event.ts";

const envelopeTime = /"time"\s*:\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"/;

/**
 * When a run of recorded events has to take place so that they are neither late nor early: the newest time at which
 * one of them was published, or `otherwise` when none says.
 */
export const newestTime = (events: ReadonlyArray<InputEvent>, otherwise: number): number =>
  events.reduce<number | undefined>((newest, { text }) => {
    const time = Date.parse(envelopeTime.exec(text)?.[1] ?? "");
    return Number.isNaN(time) ? newest : Math.max(newest ?? time, time);
  }, undefined) ?? otherwise;
