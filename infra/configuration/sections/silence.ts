import { listed, nested, text, wholeOrAuto } from "../fields.ts";

const isTimeOfDay = (value: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const isZone = (value: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};
/** When Floodgate alarms because no event has arrived. */
export const silence = nested("silence", "No event has arrived, although some are expected.", {
  minutes: wholeOrAuto(
    0,
    10_080,
    "Alarm after so many minutes; 0: never. `auto`: 60 with a partner source, else never.",
  ),
  zone: text(isZone, "an IANA time zone such as Europe/Berlin", "UTC", "Time zone of the hours."),
  from: text(isTimeOfDay, "a time of day such as 08:00", "00:00", "When events are expected from."),
  to: text(isTimeOfDay, "a time of day such as 20:00", "00:00", "And until; the same as from: all day."),
  days: listed(weekdays, "Days on which the hours begin."),
});
