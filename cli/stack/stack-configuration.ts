import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readSecretKeys, readStackFile } from "../../infra/plan/stack-file.ts";
import { UsageError } from "../command.ts";

const stackFile = (stack: string): string => fileURLToPath(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url));

const overrides = (pairs: ReadonlyArray<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`--config ${pair}: has to be key=value`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

const fileOf = (stack: string): string => {
  const file = stackFile(stack);
  if (!existsSync(file)) throw new UsageError(`--stack ${stack}: there is no Pulumi.${stack}.yaml`);
  return file;
};

/** The configuration of a stack: its file, and what `--config` puts in its place. */
export const stackConfiguration = (stack: string, pairs: ReadonlyArray<string>): Readonly<Record<string, string>> => ({
  ...readStackFile(fileOf(stack)),
  ...overrides(pairs),
});

/** Keys that hold something encrypted; what stands on a command line is kept nowhere. */
export const secretKeysOf = (stack: string, pairs: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...readSecretKeys(fileOf(stack)),
  ...Object.keys(overrides(pairs)),
];
