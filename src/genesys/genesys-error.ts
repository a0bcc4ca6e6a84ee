import type { Failure } from "../event/failure.ts";

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

export const isAboutRequest = (error: GenesysError): boolean =>
  error._tag === "GenesysRefused" && error.isAboutRequest === true;

/** The failure of an event that needs the answer. */
export const genesysFailureOf = (error: GenesysError): Failure => {
  switch (error._tag) {
    case "GenesysRateLimited":
      return { failure: "genesysRateLimited", retryAfterSeconds: error.retryAfterSeconds };
    case "GenesysUnavailable":
      return { failure: "genesysUnavailable" };
    case "GenesysRefused":
    case "GenesysUnreadable":
      return { failure: "genesysRefused" };
  }
};
