import type { ServerResponse } from "node:http";
import type { ServiceRequest } from "./gateway.ts";

/** A request that waits for the clock; `release` lets it count as under way again, once. */
export interface Arrival {
  readonly request: ServiceRequest;
  readonly response: ServerResponse;
  readonly release: () => void;
}

export const inStableOrder = (a: Arrival, b: Arrival): number =>
  a.request.caller.localeCompare(b.request.caller) ||
  a.request.operation.localeCompare(b.request.operation) ||
  a.request.path.localeCompare(b.request.path) ||
  Buffer.compare(a.request.body, b.request.body);
