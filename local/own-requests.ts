import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

interface Requests {
  readonly open: () => number;
  /** Whether a connection of this process has this port. */
  readonly isOwn: (port: number | undefined) => boolean;
  readonly stop: () => void;
}

const memberOf = (message: unknown, name: "request" | "socket"): unknown =>
  typeof message === "object" && message !== null && name in message ? Reflect.get(message, name) : undefined;

const isEmitter = (value: unknown): value is NodeJS.EventEmitter =>
  typeof value === "object" && value !== null && "once" in value;

const isSocket = (value: unknown): value is Socket => isEmitter(value) && "localPort" in value;

/** Counts the HTTP requests of this process where they are made, and knows its connections. */
export const countRequests = (): Requests => {
  // By identity: one that was left over by a run before this one ends here as well.
  const open = new Set<unknown>();
  const ports = new Set<number>();
  const began = (message: unknown): void => {
    const request = memberOf(message, "request");
    if (!isEmitter(request)) return;
    open.add(request);
    request.once("close", () => open.delete(request));
  };
  const fetchBegan = (message: unknown): void => void open.add(memberOf(message, "request"));
  const fetchEnded = (message: unknown): void => void open.delete(memberOf(message, "request"));
  const connects = (message: unknown): void => {
    const socket = memberOf(message, "socket");
    if (!isSocket(socket)) return;
    socket.once("connect", () => {
      const { localPort } = socket;
      if (localPort === undefined) return;
      ports.add(localPort);
      socket.once("close", () => ports.delete(localPort));
    });
  };
  const subscriptions = [
    ["http.client.request.start", began],
    ["undici:request:create", fetchBegan],
    ["undici:request:trailers", fetchEnded],
    ["undici:request:error", fetchEnded],
    ["net.client.socket", connects],
  ] as const;
  for (const [name, listener] of subscriptions) subscribe(name, listener);
  return {
    open: () => open.size,
    isOwn: (port) => port !== undefined && ports.has(port),
    stop: () => {
      for (const [name, listener] of subscriptions) unsubscribe(name, listener);
    },
  };
};

/** Work that comes back without any request: dynalite's next step, files of modules, DNS. */
export const isHandedOut = (resource: string): boolean =>
  resource === "Immediate" ||
  resource.startsWith("FSReq") ||
  resource.endsWith("ReqWrap") ||
  resource.endsWith("ConnectWrap");
