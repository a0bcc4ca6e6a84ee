import { genesysFaults } from "./faults/genesys-faults.ts";
import { platformFaults } from "./faults/platform-faults.ts";
import { serviceFaults } from "./faults/service-faults.ts";
import type { FaultKind } from "./scene.ts";

/** What happens to events before the buffer; the workload does it (workload.ts). */
const busFaults: Readonly<Record<string, Pick<FaultKind, "describes" | "most">>> = {
  "bus-copies": { describes: "the bus delivers an event twice", most: 0.3 },
  "bus-disorder": { describes: "the bus delivers events in another order, some minutes late", most: 0.6 },
};

/** The kinds of faults that are installed on a cloud, by name. */
export const installedFaults: Readonly<Record<string, FaultKind>> = {
  ...serviceFaults,
  ...genesysFaults,
  ...platformFaults,
};

/** Every kind of fault, by the name that swarms and reports have for it. */
export const faultKinds: Readonly<Record<string, Pick<FaultKind, "describes" | "most" | "isOutage">>> = {
  ...busFaults,
  ...installedFaults,
};
