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
    }
  | { readonly _tag: "GenesysUnreadable"; readonly reason: string };
