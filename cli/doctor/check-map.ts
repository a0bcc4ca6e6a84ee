import type { PriorityMap } from "../../src/priorities/priority-map.ts";
import { namesOfLeftOut } from "../map/left-out.ts";
import { mapReader } from "../map/read-map.ts";
import { sameNames } from "../map/same-names.ts";
import type { StackOutputs } from "../stack/stack-outputs.ts";
import { duration, number, plain } from "../terminal.ts";
import { type Finding, ok, problem, problemOf, skipped, warning } from "./check.ts";

const check = "queue priority map";

/** So many refreshes in a row have to fail before a map is called old; an alarm follows after 7 days. */
const refreshesMissed = 3;

const week = 7 * 24 * 60 * 60 * 1000;

/** What is odd about the queues of a map that is up to date. */
const checkQueues = (found: string, map: PriorityMap | undefined): Finding => {
  const leftOut = map?.leftOut ?? [];
  if (leftOut.length > 0) {
    return warning(
      check,
      `${found}; ${number(leftOut.length)} left out, not as Genesys documents queues: ${namesOfLeftOut(leftOut)}`,
      "They have no priority and count as unknown queues. Please report the field that is named.",
    );
  }
  const shared = sameNames(map?.queues.values() ?? []).map(([first]) => `"${plain(first?.name ?? "")}"`);
  return shared.length > 0
    ? warning(
        check,
        `${found}; several queues have the same name: ${shared.slice(0, 5).join(", ")}`,
        "A rule for that name is for all of them. `npx floodgate map show` lists them; give rules by queueId.",
      )
    : ok(check, found);
};

export const checkMap = async (outputs: StackOutputs): Promise<Finding> => {
  if (outputs.refreshMachineArn === "") return skipped(check, "the stack has no Genesys organisation");
  try {
    const reader = mapReader(outputs);
    const pointer = await reader.pointer();
    if (pointer === undefined) {
      return problem(check, "none was ever published: every queue counts as unknown", "npx floodgate map refresh");
    }
    const age = Date.now() - pointer.checkedAt;
    const found = `${number(pointer.queues)} queues, confirmed ${duration(age)} ago`;
    if (age > week) return problem(check, found, "`npx floodgate map refresh` says why refreshes fail.");
    if (age > refreshesMissed * outputs.refreshMinutes * 60_000) {
      const advice = `It is refreshed every ${outputs.refreshMinutes} min: \`npx floodgate map refresh\` says why not.`;
      return warning(check, found, advice);
    }
    return checkQueues(found, await reader.map());
  } catch (error) {
    return problemOf(check, error, "npx floodgate map refresh");
  }
};
