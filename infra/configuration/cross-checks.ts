import { activePartitions, maximumActivePartitions } from "../../src/transform/partition-keys.ts";
import { eventPattern, maximumPatternBytes } from "../event-pattern.ts";
import { capacityChecks } from "./capacity-checks.ts";
import type { Check } from "./mistake.ts";
import { topicProblem } from "./topic-problem.ts";

const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const partnerNeedsName: Check = ({ source }) =>
  source.type === "partner" && source.name === null
    ? [
        {
          key: "floodgate:source.name",
          value: "missing",
          rule: "is needed for a partner source",
          fix: "Set it to the name shown under Partner event sources in the EventBridge console.",
        },
      ]
    : [];

const batchNeedsWindow: Check = ({ processing }) =>
  processing.batchSize > 10 && processing.batchingWindowSeconds < 1
    ? [
        {
          key: "floodgate:processing.batchingWindowSeconds",
          value: String(processing.batchingWindowSeconds),
          rule: "has to be at least 1 when batchSize is above 10 (Lambda refuses it otherwise)",
          fix: "Set it to 5, or batchSize to 10.",
        },
      ]
    : [];

const partitionsFitQuota: Check = ({ delivery, admission }) => {
  const active = activePartitions(delivery.shards, admission.excess === "store");
  return active > maximumActivePartitions
    ? [
        {
          key: "floodgate:delivery.shards",
          value: String(delivery.shards),
          rule: `would need ${active} active partitions of at most ${maximumActivePartitions}`,
          fix: "Set fewer shards.",
        },
      ]
    : [];
};

const patternFits: Check = ({ source, topics }) => {
  const bytes = Buffer.byteLength(JSON.stringify(eventPattern(source, topics)));
  return bytes > maximumPatternBytes
    ? [
        {
          key: "floodgate:topics",
          value: `${topics.length} topics`,
          rule: `makes a rule pattern of ${bytes} bytes of at most ${maximumPatternBytes}`,
          fix: "Name fewer topics, or none to take all.",
        },
      ]
    : [];
};

const genesysIsComplete: Check = ({ genesys }) => {
  const given = [genesys.secretArn, genesys.clientId, genesys.clientSecret].filter((value) => value !== null);
  const complete =
    genesys.region === null ? given.length === 0 : genesys.secretArn === null ? given.length === 2 : given.length === 1;
  return complete
    ? []
    : [
        {
          key: "floodgate:genesys",
          value: `{ ${(["region", "secretArn", "clientId", "clientSecret"] as const)
            .filter((key) => genesys[key] !== null)
            .join(", ")} }`,
          rule: "needs a region together with either secretArn, or clientId and clientSecret",
          fix: "Add what is missing, or remove the key to run without Genesys.",
        },
      ];
};

/** What enrichment adds to an event is not in its text, and is delivered as Genesys has it. */
const addedByEnrichment = ["name", "email", "department"];

const redactedIsNotAdded: Check = ({ delivery, enrichment, genesys }) => {
  const added = delivery.redact.filter((field) => addedByEnrichment.includes(field.toLowerCase()));
  return added.length > 0 && genesys.region !== null && enrichment.mode !== "off"
    ? [
        {
          key: "floodgate:delivery.redact",
          value: JSON.stringify(delivery.redact),
          rule: `names ${added.join(", ")}, which enrichment adds to events as Genesys has it`,
          fix: "Set floodgate:enrichment.mode to off, or leave it out of delivery.redact.",
        },
      ]
    : [];
};

const retentionIsOffered: Check = ({ logs }) =>
  logRetentions.includes(logs.retentionDays)
    ? []
    : [
        {
          key: "floodgate:logs.retentionDays",
          value: String(logs.retentionDays),
          rule: `has to be one of ${logRetentions.join(", ")}`,
          fix: "Take the nearest of these.",
        },
      ];

const topicsCanMatch: Check = ({ source, topics }) =>
  topics.flatMap((topic, index) => {
    const wrong = topicProblem(topic, source.type);
    return wrong === undefined
      ? []
      : [{ key: `floodgate:topics[${index}]`, value: JSON.stringify(topic), rule: wrong.rule, fix: wrong.fix }];
  });

const checks: ReadonlyArray<Check> = [
  topicsCanMatch,
  partnerNeedsName,
  batchNeedsWindow,
  partitionsFitQuota,
  patternFits,
  genesysIsComplete,
  redactedIsNotAdded,
  ...capacityChecks,
  retentionIsOffered,
];

/** Rules that span several keys. */
export const crossCheck: Check = (configuration, region) => checks.flatMap((check) => check(configuration, region));
