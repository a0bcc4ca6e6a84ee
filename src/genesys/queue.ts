import * as t from "io-ts";
import { VendorId, VendorName } from "./vendor-text.ts";

const ServiceLevel = t.partial({ serviceLevel: t.partial({ percentage: t.number, durationMs: t.number }) });

/**
 * The fields of a Genesys queue that rules can ask for (SDK v259, Queue). All but the id may be absent;
 * `routingStrategy` is no field of Genesys, a proxy of the organisation's own adds it.
 */
export const Queue = t.intersection(
  [
    t.type({ id: VendorId }),
    t.partial({
      name: VendorName,
      division: t.partial({ id: VendorName, name: VendorName }),
      scoringMethod: VendorName,
      bullseye: t.partial({ rings: t.array(t.unknown) }),
      conditionalGroupRouting: t.UnknownRecord,
      routingRules: t.array(t.unknown),
      directRouting: t.partial({ callMediaSettings: t.partial({ enabled: t.boolean }) }),
      mediaSettings: t.record(t.string, ServiceLevel),
      routingStrategy: t.partial({ name: VendorName }),
    }),
  ],
  "Queue",
);
export type Queue = t.TypeOf<typeof Queue>;

const routingMethods = ["standard", "bullseye", "conditionalGroup", "preferredAgent", "direct"] as const;
type RoutingMethod = (typeof routingMethods)[number];

/** How a queue finds an agent, by the settings that take precedence in Genesys. */
export const routingMethodOf = (queue: Queue): RoutingMethod => {
  if ((queue.bullseye?.rings ?? []).length > 0) return "bullseye";
  if (queue.conditionalGroupRouting !== undefined) return "conditionalGroup";
  if ((queue.routingRules ?? []).length > 0) return "preferredAgent";
  return queue.directRouting?.callMediaSettings?.enabled === true ? "direct" : "standard";
};
