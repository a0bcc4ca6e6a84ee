import * as pulumi from "@pulumi/pulumi";
import * as E from "fp-ts/lib/Either.js";
import { describeMistakes } from "./mistake.ts";
import { type IsSecretKey, readConfiguration } from "./read-configuration.ts";
import type { Configuration } from "./schema.ts";

/** The stack's configuration, or an error with every mistake in it, before anything is declared. */
export const loadConfiguration = (
  values: Readonly<Record<string, string>>,
  isSecretKey: IsSecretKey,
): Configuration => {
  const configuration = readConfiguration(values, isSecretKey);
  if (E.isRight(configuration)) return configuration.right;
  throw new pulumi.RunError(describeMistakes(configuration.left));
};
