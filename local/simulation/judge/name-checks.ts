import type { Line } from "./lines.ts";
import type { Settled } from "./settled.ts";

/** The names that were added to a line are those of its own user and queue, and of nobody else. */
export const checkNames = ({ cloud }: Settled, lines: ReadonlyArray<Line>): ReadonlyArray<string> => {
  const { users, queues } = cloud.genesys.organisation;
  const queueNames = new Map(queues.map(({ id, name }) => [id, name]));
  return lines.flatMap(({ messageId, user, queue, queueId, userId, error, mentions }) => [
    ...(user !== undefined && (mentions(user.id) < 2 || users.get(user.id)?.["name"] !== user.name)
      ? [`copy ${messageId} has the name of user ${user.id}, and its own is ${userId}`]
      : []),
    ...(queue !== undefined && (mentions(queue.id) < 2 || (queueNames.get(queue.id) ?? queue.name) !== queue.name)
      ? [`copy ${messageId} has the name of queue ${queue.id}, and its own is ${queueId}`]
      : []),
    ...(error === "userNotFound" && users.has(userId ?? "")
      ? [`copy ${messageId} says that there is no user ${userId}, and there is`]
      : []),
  ]);
};
