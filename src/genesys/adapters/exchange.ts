import type * as openid from "openid-client";
import { describeError } from "../../aws/adapters/aws-error.ts";
import { connectionFault, hostOf, isBroken } from "../../aws/adapters/connection-fault.ts";

/** How requests leave the process; a simulation answers them itself. */
export type GenesysFetch = openid.CustomFetch;

export const networkFetch: GenesysFetch = (url, { method, headers, body, redirect, signal }) =>
  fetch(url, { method, headers, body: body ?? null, redirect, signal: signal ?? null });

/** How long Genesys may take for an answer, a second try included. */
export const timeoutSeconds = 10;

/** An answer with the whole of its body. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const toAnswer = async (response: Response): Promise<Answer> => ({
  status: response.status,
  headers: response.headers,
  text: await response.text(),
});

/** Asks, and when the connection breaks, asks once more at once. */
export const againIfBroken = async <A>(ask: () => Promise<A>, mayAskAgain: () => boolean): Promise<A> => {
  try {
    return await ask();
  } catch (error) {
    if (!isBroken(error) || !mayAskAgain()) throw error;
    return ask();
  }
};

/** What fetch() leaves to its cause where no connection was tried: a port that it does not ask, a URL that is none. */
const causeOfFetch = (error: unknown): unknown =>
  error instanceof Error && error.message === "fetch failed" && error.cause instanceof Error ? error.cause : error;

/** Why there is no answer, with the host that was asked. */
export const whyNoAnswer = (url: string, failed: unknown): string => {
  const error = causeOfFetch(failed);
  if (error instanceof Error && error.message === "bad port") {
    return `connection refused by fetch() itself: ${hostOf(url)} has a port that it never asks`;
  }
  if (error instanceof Error && error.message === "") {
    return `no answer that fetch() takes, such as a proxy's 407 (${hostOf(url)})`;
  }
  const isOurs = error instanceof Error && error.name === "Error";
  return (
    connectionFault(error, hostOf(url)) ?? `${isOurs ? error.message : describeError(error).reason} (${hostOf(url)})`
  );
};

/** GETs a URL; rejects when there is no answer in time. */
export const getText = async (
  fetch: GenesysFetch,
  url: string,
  token: string,
  mayAskAgain: () => boolean,
): Promise<Answer> => {
  // Not AbortSignal.timeout: its timer is not the process's own, which a local run puts its clock over.
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutSeconds} s`)), timeoutSeconds * 1000);
  try {
    const ask = () =>
      fetch(url, {
        method: "GET",
        headers: { authorization: `Bearer ${token}` },
        body: undefined,
        redirect: "manual",
        signal: abort.signal,
      });
    return await againIfBroken(async () => toAnswer(await ask()), mayAskAgain);
  } finally {
    clearTimeout(timer);
  }
};
