import { genesysDomainOf, genesysDomains } from "../../../src/genesys/genesys-region.ts";
import { nested, oneOf, optionalSpelling, optionalText, texts, whole } from "../fields.ts";

const anything = /\S/;
const partnerSource = /^aws\.partner\/genesys\.com\/cloud\/[-\w.]+\/[-\w.]+$/;

export const source = nested("source", "Where events come from.", {
  type: oneOf(
    ["custom", "partner"],
    "custom",
    "`custom`: a bus of the stack's own, for events put by hand; `partner`: Genesys Cloud's event source.",
  ),
  name: optionalText(
    partnerSource,
    "aws.partner/genesys.com/cloud/<organisation id>/<suffix>",
    "Name of the partner event source; the bus is named after it.",
  ),
  prefixes: texts(
    /^[-\w./]+$/,
    "the beginning of an event's `source`",
    "Beginnings of `source` that are taken. Empty: the partner's own, and for a custom bus `simulate.` before it as well.",
  ),
});

export const genesys = nested(
  "genesys",
  "The Genesys Cloud organisation. Without a region: no enrichment and no priority map.",
  {
    region: optionalSpelling(
      genesysDomainOf,
      genesysDomains,
      "a domain of Genesys Cloud such as mypurecloud.de, or its AWS region such as eu-central-1",
      "Domain of the organisation's region, or the AWS region; a host or URL of it is understood too.",
    ),
    secretArn: optionalText(
      /^arn:aws[-\w]*:secretsmanager:[-\w]+:\d+:secret:.+-\w{6}$/,
      "the whole ARN of a Secrets Manager secret, with the six characters at its end",
      "Secret with `clientId` and `clientSecret`, if you keep it yourself; under AWS's own key, or one whose policy lets the functions decrypt.",
    ),
    requestsPerMinute: nested("requestsPerMinute", "What Genesys allows; 429 answers are obeyed in any case.", {
      token: whole(10, 100_000, 300, "Requests a minute of one token, that is of one container."),
      client: whole(
        30,
        1_000_000,
        300,
        "Of the OAuth client over all its tokens. 300 is sure; up to 3,000 by choice: ask Genesys what your organisation has.",
      ),
    }),
    clientId: optionalText(
      anything,
      "an OAuth client id",
      "OAuth client (client credentials grant), unless secretArn is given.",
    ),
    clientSecret: optionalText(
      anything,
      "an OAuth client secret",
      "Set it with `npx pulumi config set --secret --path floodgate:genesys.clientSecret`.",
    ),
  },
);
