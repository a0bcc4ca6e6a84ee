import { pipe } from "fp-ts/lib/function.js";
import * as TE from "fp-ts/lib/TaskEither.js";
import type { Instant } from "../../time/instant.ts";
import type { Arrivals } from "../ports.ts";

/** An hour of silence is told by minutes, so one note a minute is enough of each container. */
const noteEvery = 60_000;

export const rarelyNoted = ({ noteArrival }: Pick<Arrivals, "noteArrival">): Pick<Arrivals, "noteArrival"> => {
  let notedAt: Instant = Number.NEGATIVE_INFINITY;
  return {
    noteArrival: (now) => {
      if (now - notedAt < noteEvery) return TE.right(undefined);
      return pipe(
        noteArrival(now),
        TE.tapIO(() => () => {
          notedAt = now;
        }),
      );
    },
  };
};
