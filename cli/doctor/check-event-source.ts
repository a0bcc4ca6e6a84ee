import { DescribeEventSourceCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { clientSettings, type StackOutputs } from "../stack/stack-outputs.ts";
import { type Finding, ok, problem, problemOf, warning } from "./check.ts";

const check = "event source";

/** Whether Genesys' events reach the stack's bus: the partner source is associated, and will not expire. */
export const checkEventSource = async (outputs: StackOutputs): Promise<Finding> => {
  const name = outputs.eventSourceName;
  if (name === "") {
    return ok(check, `the custom bus ${outputs.busName}: nothing of Genesys arrives, events are put by hand`);
  }
  try {
    const client = new EventBridgeClient(clientSettings(outputs));
    const { State, ExpirationTime } = await client.send(new DescribeEventSourceCommand({ Name: name }));
    const until = ExpirationTime === undefined ? "" : `; Genesys deletes it on ${ExpirationTime.toISOString()}`;
    if (State === "ACTIVE" && ExpirationTime === undefined) return ok(check, `${name} is associated with the bus`);
    if (State === "ACTIVE") {
      return warning(
        check,
        `${name} is about to expire${until}`,
        "Open the integration in Genesys Cloud: is it still active?",
      );
    }
    return State === "PENDING"
      ? problem(
          check,
          `${name} waits for a bus${until}`,
          "`npx pulumi up` associates it; a pending source is deleted after two weeks.",
        )
      : problem(
          check,
          `${name} was deleted by Genesys`,
          "Add the integration again (docs/connect-genesys.md, step 1) and set floodgate:source.name.",
        );
  } catch (error) {
    return problemOf(
      check,
      error,
      "The name has to be the one under Partner event sources in the EventBridge console.",
    );
  }
};
