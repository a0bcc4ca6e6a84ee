import type { TransientFailure } from "../event/failure.ts";

/**
 * How a call to Genesys ends badly. `RateLimited` says how long the vendor wants us to wait; `Refused` is a mistake in
 * credentials, roles or request that waiting does not mend; `Unreadable` names the field that is not as documented.
 */
export type GenesysError =
  | { readonly _tag: "GenesysRateLimited"; readonly retryAfterSeconds: number }
  | { readonly _tag: "GenesysUnavailable"; readonly reason: string }
  | {
      readonly _tag: "GenesysRefused";
      readonly status: number;
      readonly code: string;
      readonly message: string;
      readonly contextId: string | undefined;
      /** The API refuses the request as it is written: something that it names, or its length. */
      readonly isAboutRequest?: true;
    }
  | { readonly _tag: "GenesysUnreadable"; readonly reason: string };

/** An error of that class, as far as another function needs to know of it. */
export const genesysErrorOf = (failure: string, retryAfterSeconds: number): GenesysError => {
  const reason = "enrich-failed-events could not ask";
  if (failure === "genesysRateLimited") return { _tag: "GenesysRateLimited", retryAfterSeconds };
  return failure === "genesysRefused" ? { _tag: "GenesysUnreadable", reason } : { _tag: "GenesysUnavailable", reason };
};

/** The class of failure of what has to wait for an answer. */
export const genesysFailureOf = (error: GenesysError): TransientFailure => {
  switch (error._tag) {
    case "GenesysRateLimited":
      return "genesysRateLimited";
    case "GenesysUnavailable":
      return "genesysUnavailable";
    case "GenesysRefused":
    case "GenesysUnreadable":
      return "genesysRefused";
  }
};
