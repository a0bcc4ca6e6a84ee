import { userInfo } from "node:os";
import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { type Command, exitCode, readOptions } from "../command.ts";
import { answerOf, openStack } from "../stack/stack.ts";
import { stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { duration, plain, say } from "../terminal.ts";

/** Who is at the keyboard; USER is empty in some containers. */
const whoAmI = (): string => {
  try {
    return userInfo().username;
  } catch {
    return "somebody";
  }
};

export const command: Command = {
  summary: "stop the flow in an incident; events wait in the buffer",
  help: `
Usage: npx floodgate pause [--reason TEXT] (--stack NAME | --outputs FILE) [--json]

Opens the operator's breaker and switches the event source mapping off. Nothing is processed and nothing is retried
until \`floodgate resume\`; events wait in the buffer for up to 14 days, and no receive is counted. Pausing twice
changes nothing.

${stackHelp}
  --reason TEXT     shown by \`floodgate status\` (default: paused by hand)
  --json            one JSON object

Example: npx floodgate pause --reason "INC-4711, bucket policy" --stack prod
`,
  run: async (args) => {
    const options = readOptions(args, { ...stackOptions, reason: { type: "string", default: "paused by hand" } });
    const { breakers, lambda, outputs } = await openStack(options);
    const breaker = { name: "operator", openedAt: Date.now(), reason: options.reason, by: whoAmI() } as const;
    const isNew = await answerOf(breakers.openBreaker(breaker));
    // The breaker first: were the mapping switched off before it, redrive-failed-events would mend that.
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: outputs.mappingId, Enabled: false }));
    const open = isNew ? breaker : await answerOf(breakers.readBreaker("operator"));
    if (options.json) say(JSON.stringify({ paused: true, by: open?.by, reason: open?.reason, since: open?.openedAt }));
    else if (isNew) say("Paused. Events wait in the buffer. -> npx floodgate resume");
    else
      say(
        `Already paused by ${open?.by} ${duration(Date.now() - (open?.openedAt ?? 0))} ago: ${plain(open?.reason ?? "")}`,
      );
    return exitCode.done;
  },
};
