import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { powertoolsTelemetry } from "../../../src/telemetry/adapters/powertools-telemetry.ts";

describe("powertoolsTelemetry", () => {
  const printed: Record<string, unknown>[] = [];
  beforeEach(() => {
    printed.length = 0;
    // It prints by consoles of its own, past the one that a test can listen to.
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, "write").mockImplementation((text) => {
        printed.push(JSON.parse(String(text)));
        return true;
      });
    }
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const telemetry = (level?: string) =>
    powertoolsTelemetry({
      AWS_LAMBDA_FUNCTION_NAME: "process-batch",
      ...(level === undefined ? {} : { LOG_LEVEL: level }),
    });

  it("logs lines of JSON with their level, the function and the fields", () => {
    telemetry().info("something", { messageIds: ["m-1"] })();
    telemetry().warn("something else", { reason: "r" })();
    expect(printed).toMatchObject([
      { level: "INFO", message: "something", service: "process-batch", messageIds: ["m-1"] },
      { level: "WARN", message: "something else", service: "process-batch", reason: "r" },
    ]);
  });

  it("leaves out what is only for the record where it is told to, and keeps warnings and counts", () => {
    const quiet = telemetry("WARN");
    quiet.info("something", {})();
    quiet.warn("something else", {})();
    quiet.count({ delivered: 1 })();
    expect(printed.map(({ level, delivered }) => [level, delivered])).toStrictEqual([
      ["WARN", undefined],
      [undefined, 1],
    ]);
    telemetry("INFO").info("something", {})();
    expect(printed).toHaveLength(3);
  });

  it("counts as CloudWatch reads it out of a line, each batch by itself", () => {
    const { count } = telemetry();
    count({ delivered: 2, failed: 1 })();
    count({ delivered: 5 })();
    expect(printed).toMatchObject([
      { service: "process-batch", delivered: 2, failed: 1 },
      { service: "process-batch", delivered: 5 },
    ]);
    expect(printed[1]).not.toHaveProperty("failed");
    expect(JSON.stringify(printed[0]?.["_aws"])).toContain('"Namespace":"Floodgate"');
    expect(JSON.stringify(printed[0]?.["_aws"])).toContain('{"Name":"delivered","Unit":"Count"}');
  });

  it("does nothing before it is run", () => {
    const { info, warn, count } = telemetry();
    info("x", {});
    warn("x", {});
    count({ x: 1 });
    expect(printed).toStrictEqual([]);
  });
});
