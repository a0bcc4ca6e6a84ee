import { connectionFault } from "../src/aws/adapters/connection-fault.ts";
import { paint } from "./terminal.ts";

/** An error of a call to AWS, in the words of who has to mend it. */
interface Explained {
  readonly what: string;
  readonly advice: string;
}

interface Explanation extends Explained {
  readonly names: ReadonlyArray<string>;
}

const explanations: ReadonlyArray<Explanation> = [
  {
    names: ["CredentialsProviderError"],
    what: "there are no AWS credentials on this machine",
    advice: "Sign in (`aws sso login`), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  },
  {
    names: [
      "UnrecognizedClientException",
      "InvalidClientTokenId",
      "InvalidSignatureException",
      "InvalidAccessKeyId",
      "SignatureDoesNotMatch",
      "ExpiredToken",
      "ExpiredTokenException",
    ],
    what: "AWS does not accept the credentials, or they have expired",
    advice: "Sign in again (`aws sso login`); `aws sts get-caller-identity` shows who you are.",
  },
  {
    names: ["AccessDeniedException", "AccessDenied", "AuthorizationErrorException", "UnauthorizedOperation"],
    what: "a permission is missing in AWS",
    advice: "Add the action that AWS names to the role or user that you are signed in as.",
  },
  {
    names: [
      "ResourceNotFoundException",
      "NoSuchBucket",
      "QueueDoesNotExist",
      "StateMachineDoesNotExist",
      "AWS.SimpleQueueService.NonExistentQueue",
    ],
    what: "a resource of the stack does not exist",
    advice:
      "Are you signed in to the stack's account? `npx pulumi refresh` finds what is gone, `npx pulumi up` makes it again.",
  },
  {
    names: ["ENOTFOUND", "EAI_AGAIN"],
    what: "there is no AWS endpoint of that name",
    advice: "Check the region (aws:region in Pulumi.<stack>.yaml), and that this machine is online.",
  },
  {
    names: ["ECONNREFUSED"],
    what: "nothing is listening at that address",
    advice: "Is `npx floodgate dev` still running? It writes its outputs anew at every start.",
  },
  {
    names: ["TimeoutError", "ETIMEDOUT", "ECONNRESET"],
    what: "there was no answer in time",
    advice: "Try again; then check the network between this machine and AWS.",
  },
];

/** All that an error says, with its name, its code and its causes: our adapters pass a name on as part of a text. */
const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return "";
  const code = "code" in error ? String(error.code) : "";
  const inner = error instanceof AggregateError ? error.errors.map(textOf).join(" ") : textOf(error.cause);
  return `${error.name} ${code} ${error.message} ${inner}`;
};

/** Undefined for an error that nothing is known of. */
export const explainError = (error: unknown): Explained | undefined => {
  const words = new Set(textOf(error).split(/[\s:,()]+/));
  return explanations.find(({ names }) => names.some((name) => words.has(name)));
};

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const fault = connectionFault(error);
  if (fault !== undefined) return fault;
  return error.message === "" ? error.name : error.message;
};

/** One line that says what happened, and one that says what to do. */
export const describeFailure = (error: unknown): string => {
  const explained = explainError(error);
  return explained === undefined
    ? messageOf(error)
    : `${explained.what}: ${messageOf(error)}\n  ${paint("bold", "->")} ${explained.advice}`;
};
