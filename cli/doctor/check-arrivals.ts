import { answerOf, connectStack } from "../stack/stack.ts";
import type { StackOutputs } from "../stack/stack-outputs.ts";
import { duration } from "../terminal.ts";
import { type Finding, ok, problemOf, warning } from "./check.ts";

const check = "arrivals";
const longSilence = 60 * 60_000;

/** Whether events come at all: an integration that is off and a pattern that is wrong look the same from here. */
export const checkArrivals = async (outputs: StackOutputs): Promise<Finding> => {
  try {
    const { last } = await answerOf(connectStack(outputs).breakers.readArrival);
    const silence = last === undefined ? undefined : Date.now() - last;
    const since = silence === undefined ? "no event has arrived yet" : `the last event came ${duration(silence)} ago`;
    const isSilent = silence === undefined || silence > longSilence;
    // Nobody feeds a custom bus by itself.
    if (outputs.eventSourceName === "" || !isSilent) return ok(check, since);
    return warning(
      check,
      since,
      "Outside business hours that may be right. Else: is the integration in Genesys Cloud active, and are `floodgate:topics` its topics?",
    );
  } catch (error) {
    return problemOf(check, error, "The command needs dynamodb:GetItem on the table failed-events.");
  }
};
