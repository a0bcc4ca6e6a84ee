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

export const describeGenesysError = (error: GenesysError): string => {
  switch (error._tag) {
    case "GenesysRateLimited":
      return `Genesys asks to wait ${error.retryAfterSeconds} s`;
    case "GenesysUnavailable":
      return `Genesys is not available: ${error.reason}`;
    case "GenesysRefused":
      return `Genesys refused with ${error.status} ${error.code}: ${error.message} (contextId ${error.contextId ?? "unknown"})`;
    case "GenesysUnreadable":
      return `Genesys answered something unexpected: ${error.reason}`;
  }
};
