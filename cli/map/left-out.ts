import type { LeftOut } from "../../src/genesys/left-out.ts";
import { plain } from "../terminal.ts";

const mostNamed = 5;

/** The left-out entities of a listing in words, the first ones by name: "9000... (entities.6.division)". */
export const namesOfLeftOut = (leftOut: ReadonlyArray<LeftOut>): string => {
  const named = leftOut.slice(0, mostNamed).map(({ id = "without id", path }) => `${plain(id)} (${plain(path)})`);
  const others = leftOut.length - named.length;
  return others > 0 ? `${named.join(", ")} and ${others} more` : named.join(", ");
};
