import * as TE from "fp-ts/lib/TaskEither.js";
import { unavailable } from "../../aws/adapters/aws-error.ts";
import { change, equals, isAtMost, putIfNew, updateIf } from "../../aws/adapters/conditional-write.ts";
import type { Item, Table } from "../../aws/adapters/dynamodb-batches.ts";
import { type Instant, toIso } from "../../time/instant.ts";
import type { DeliveryTurn } from "../ports.ts";

/** The table's key is a chunk's id; none has a `#`. */
const turnKey: Item = { chunkId: { S: "turn#delivery" } };

const turnOf = (owner: string, end: Instant): Item => ({ owner: { S: owner }, endsAt: { S: toIso(end) } });

const takeTurn = async (table: Table, owner: string, now: Instant, end: Instant): Promise<boolean> =>
  (await updateIf(table, turnKey, isAtMost("endsAt", { S: toIso(now) }), change({ set: turnOf(owner, end) }))) ||
  // Only the very first turn of a stack finds no item.
  putIfNew(table, { ...turnKey, ...turnOf(owner, end) }, "chunkId");

/** The turn, as an item of the table `failed-events`. */
export const dynamodbDeliveryTurn = (table: Table): DeliveryTurn => ({
  takeTurn: (owner, now, end) =>
    TE.tryCatch(() => takeTurn(table, owner, now, end), unavailable("DeliveryTurnUnavailable")),
  moveTurnEnd: (owner, end) =>
    TE.tryCatch(
      () => updateIf(table, turnKey, equals("owner", { S: owner }), change({ set: { endsAt: { S: toIso(end) } } })),
      unavailable("DeliveryTurnUnavailable"),
    ),
});
