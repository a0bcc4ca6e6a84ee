import type { IncomingMessage, ServerResponse } from "node:http";

/** An access key id here is `<who>.<key of this run>`: who is asking, and whether this cloud knows him. */
export const credentialOf = ({ headers }: IncomingMessage): { readonly caller: string; readonly key: string } => {
  const id = /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
  const dot = id.lastIndexOf(".");
  return { caller: id.slice(0, Math.max(0, dot)), key: id.slice(dot + 1) };
};

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Whether a request comes by way of somebody else's page: browsers name the origin of one that another page makes, and a
 * name that was made to point to this machine is not its address.
 */
export const isForeign = ({ headers, socket }: IncomingMessage): boolean =>
  !loopbackNames.some((name) => headers.host === `${name}:${socket.localPort}`) ||
  (headers.origin !== undefined && headers.origin !== `http://${headers.host}`);

export const answerForeign = (response: ServerResponse): void => {
  response.writeHead(403, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify({ message: "only for this machine's own address, and for pages of this server" }));
};

export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
};
