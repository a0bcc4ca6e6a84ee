import { genesysOperation } from "../../gateway-requests.ts";
import { genesysError, tooManyRequests, unavailable } from "../../genesys/local-genesys.ts";
import { organisation } from "../../genesys/organisation.ts";
import { answered, jsonAnswer, type ServiceRequest } from "../../service.ts";
import { type FaultKind, onRequests, outageOf } from "../scene.ts";

/* What Genesys Cloud does to the requests of functions. */

const isToken = ({ operation, path }: ServiceRequest): boolean =>
  operation === genesysOperation && path.includes("/oauth/token");
const isApi = (request: ServiceRequest): boolean => request.operation === genesysOperation && !isToken(request);
const isListing = (request: ServiceRequest): boolean => isApi(request) && request.path.includes("/routing/queues");
const isAny = ({ operation }: ServiceRequest): boolean => operation === genesysOperation;

const longestDelay = 8_000;

const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html>Maintenance</html>" };
const unlike = jsonAnswer(200, { entities: "none" });
const noQueues = jsonAnswer(200, { entities: [], pageSize: 100, pageNumber: 1, total: 0, pageCount: 0 });

/** Sizes that an organisation grows and shrinks to, none so small that a refresh has to refuse it. */
const sizes = [180, 200, 205, 220];

export const genesysFaults: Readonly<Record<string, FaultKind>> = {
  "genesys-limits": {
    describes: "Genesys answers 429 with a time to wait",
    most: 0.6,
    install: ({ cloud: { genesys }, random }, chance) => {
      // By Genesys itself, so that it notices who comes back too early.
      const others = genesys.fault;
      genesys.fault = (request, now) =>
        isApi(request) && chance() ? tooManyRequests(1 + Math.floor(random() * 60)) : others(request, now);
    },
  },
  "genesys-fails": onRequests("Genesys answers 503", isAny, () => answered(unavailable()), 0.6),
  "genesys-down": outageOf(
    onRequests("", isAny, () => answered(unavailable())),
    "Genesys answers 503 to everything",
  ),
  "genesys-hangs": onRequests("Genesys never answers", isApi, () => ({ _tag: "Stall" }), 0.1),
  "genesys-slow": {
    describes: "Genesys takes up to 8 s longer to answer",
    most: 0.5,
    install: ({ cloud: { gateway }, random }, chance) => {
      const others = gateway.delayOf;
      gateway.delayOf = (request) => (isApi(request) && chance() ? random() * longestDelay : others(request));
    },
  },
  "genesys-garbles": onRequests(
    "Genesys answers with a page of HTML, or with JSON that is not what it documents",
    isApi,
    (_, { random }) => answered(random() < 0.5 ? page : unlike),
    0.5,
  ),
  "genesys-lists-nothing": onRequests(
    "Genesys lists no queues, as it does when a role or a division was taken away",
    isListing,
    () => answered(noQueues),
    0.3,
  ),
  "genesys-resets": onRequests("the connection to Genesys breaks", isAny, () => ({ _tag: "LoseAnswer" }), 0.5),
  "genesys-revokes-tokens": onRequests(
    "Genesys takes a token for expired or revoked",
    isApi,
    () => answered(genesysError(401, "bad.credentials", "Invalid login credentials.")),
    0.5,
  ),
  "genesys-listing-moves": {
    describes: "queues are added and removed while they are listed",
    most: 1,
    install: ({ cloud, random, onRequest }, chance) =>
      onRequest((request) => {
        if (isListing(request) && chance()) {
          cloud.genesys.organisation = organisation(sizes[Math.floor(random() * sizes.length)]);
        }
        return undefined;
      }),
  },
};
