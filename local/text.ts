import { gunzipSync } from "node:zlib";

/** An id in the form of a UUID, from the run's seeded generator, so that the same seed gives the same ids. */
export const randomId = (random = Math.random): string => {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
};

/** What a resource is called, by the last part of its ARN or its URL. */
export const nameOf = (address: string): string =>
  address.slice(1 + Math.max(address.lastIndexOf(":"), address.lastIndexOf("/")));

/** What a JSON text holds; undefined for a text that is none. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The lines of a gzipped object; none for one that is not there. */
export const linesOf = (object: Buffer | undefined): ReadonlyArray<string> =>
  object === undefined
    ? []
    : gunzipSync(object)
        .toString("utf8")
        .split("\n")
        .filter((line) => line !== "");
