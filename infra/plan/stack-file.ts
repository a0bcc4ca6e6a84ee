import { readFileSync } from "node:fs";
import { parse } from "yaml";

const encryptedPlaceholder = "[encrypted]";

const isEncrypted = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "secure";

const decrypted = (_key: string, value: unknown): unknown => (isEncrypted(value) ? encryptedPlaceholder : value);

const asText = (value: unknown): string =>
  typeof value === "string" ? value : isEncrypted(value) ? encryptedPlaceholder : JSON.stringify(value, decrypted);

const holdsEncrypted = (value: unknown): boolean => {
  if (isEncrypted(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsEncrypted);
};

const configIn = (file: string): object => {
  const document: unknown = parse(readFileSync(file, "utf8"));
  const config: unknown =
    typeof document === "object" && document !== null && "config" in document ? document.config : {};
  return typeof config === "object" && config !== null ? config : {};
};

/** Keys whose value, or a part of it, is encrypted in the file: what Pulumi itself tells a program. */
export const readSecretKeys = (file: string): ReadonlyArray<string> =>
  Object.entries(configIn(file)).flatMap(([key, value]) => (holdsEncrypted(value) ? [key] : []));

/** Reads `Pulumi.<stack>.yaml`; encrypted values become a placeholder, because the plan is made offline. */
export const readStackFile = (file: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(configIn(file)).map(([key, value]) => [key, asText(value)]));
