/** Characters without width, which come along when a name is copied from a page. */
const invisible = /[\u200b\u2060\ufeff]/g;

/**
 * A name as it is compared: in NFC, because the same umlaut is typed in two ways; without white space around it and with
 * one space where there is any, no-break spaces included, because nobody sees the difference; in lower case unless case
 * counts. Linear in its length.
 */
export const comparableName = (name: string, ignoreCase = true): string => {
  const folded = name.normalize("NFC").replace(invisible, "").replace(/\s+/g, " ").trim();
  return ignoreCase ? folded.toLowerCase() : folded;
};
