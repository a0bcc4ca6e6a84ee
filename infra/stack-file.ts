import { readFileSync } from "node:fs";
import { parse } from "yaml";

const encryptedPlaceholder = "[encrypted]";

const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "secure";

const decrypted = (_key: string, value: unknown): unknown => (isEncrypted(value) ? encryptedPlaceholder : value);

const asText = (value: unknown): string =>
  typeof value === "string" ? value : isEncrypted(value) ? encryptedPlaceholder : JSON.stringify(value, decrypted);

/** Reads `Pulumi.<stack>.yaml`; encrypted values become a placeholder, because the plan is made offline. */
export const readStackFile = (file: string): Readonly<Record<string, string>> => {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const config: unknown =
    typeof document === "object" && document !== null && "config" in document ? document.config : {};
  return Object.fromEntries(Object.entries(config ?? {}).map(([key, value]) => [key, asText(value)]));
};
