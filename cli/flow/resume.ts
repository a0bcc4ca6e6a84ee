import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { type Command, exitCode, readOptions } from "../command.ts";
import { answerOf, openStack } from "../stack/stack.ts";
import { stackHelp, stackOptions } from "../stack/stack-outputs.ts";
import { complain, duration, say } from "../terminal.ts";

export const command: Command = {
  summary: "let events flow again after pause",
  help: `
Usage: npx floodgate resume (--stack NAME | --outputs FILE) [--json]

Closes the operator's breaker and switches the event source mapping on, unless nothing gets through to Firehose: then
the pipeline resumes by itself when its canary has arrived.

${stackHelp}
  --json            one JSON object

Example: npx floodgate resume --stack prod
`,
  run: async (args) => {
    const options = readOptions(args, stackOptions);
    const { breakers, lambda, outputs } = await openStack(options);
    const operator = await answerOf(breakers.readBreaker("operator"));
    if (operator !== undefined) await answerOf(breakers.closeBreaker(operator));
    const sink = await answerOf(breakers.readBreaker("sink"));
    if (sink === undefined) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: outputs.mappingId, Enabled: true }));
    }
    const isFlowing = sink === undefined;
    if (options.json) say(JSON.stringify({ resumed: isFlowing, wasPausedBy: operator?.by ?? null }));
    else if (!isFlowing)
      complain(
        `${operator === undefined ? "Not resumed" : "The pause is lifted, and the flow is still held back"}: nothing gets through (${sink.reason}). It resumes by itself once that is over. -> npx floodgate status`,
      );
    else if (operator === undefined) say("It was not paused. Reading is on.");
    else say(`Resumed after ${duration(Date.now() - operator.openedAt)}.`);
    return isFlowing ? exitCode.done : exitCode.failed;
  },
};
