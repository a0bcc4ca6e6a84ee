import { describe, expect, it } from "vitest";
import { askAthena, priceOf } from "../../../cli/query/athena.ts";
import { readStackOutputs } from "../../../cli/stack/stack-outputs.ts";
import { answeringCloud, ok } from "../../support/cloud/answering-cloud.ts";
import { outputsAt } from "../../support/cloud/outputs-at.ts";

const row = (...values: ReadonlyArray<string | undefined>) => ({
  Data: values.map((value) => (value === undefined ? {} : { VarCharValue: value })),
});

const execution = (State: string, more: object = {}, bytes = 0) => ({
  QueryExecution: { Status: { State, ...more }, Statistics: { DataScannedInBytes: bytes } },
});

const metadata = { ColumnInfo: [{ Name: "queue" }, { Name: "entries" }] };

describe("askAthena", () => {
  const cloud = answeringCloud();
  const ask = async () => {
    const outputs = await readStackOutputs({ outputs: await outputsAt(cloud.endpoint()) });
    const scanned: number[] = [];
    const answer = askAthena({ sql: "SELECT 1", outputs, every: 1, onProgress: ({ bytes }) => scanned.push(bytes) });
    return { answer: await answer, scanned, outputs };
  };

  it("waits for the query and reads all pages, without the row of names", async () => {
    let looks = 0;
    cloud.answer(({ operation, input }) => {
      if (operation === "StartQueryExecution") return ok({ QueryExecutionId: "q-1" });
      if (operation === "GetQueryExecution") {
        looks += 1;
        return ok(looks < 3 ? execution("RUNNING", {}, looks * 10) : execution("SUCCEEDED", {}, 5_000));
      }
      return input["NextToken"] === undefined
        ? ok({
            NextToken: "2",
            ResultSet: { ResultSetMetadata: metadata, Rows: [row("queue", "entries"), row("q-1", "7")] },
          })
        : ok({ ResultSet: { ResultSetMetadata: metadata, Rows: [row("queue", undefined)] } });
    });
    const { answer, scanned, outputs } = await ask();
    expect(answer).toStrictEqual({
      columns: ["queue", "entries"],
      rows: [
        ["q-1", "7"],
        ["queue", null],
      ],
      bytes: 5_000,
    });
    expect(scanned).toStrictEqual([10, 20]);
    expect(cloud.calls()[0]).toStrictEqual({
      operation: "StartQueryExecution",
      input: {
        QueryString: "SELECT 1",
        WorkGroup: outputs.athenaWorkgroup,
        QueryExecutionContext: { Database: outputs.athenaDatabase },
        ClientRequestToken: expect.any(String),
      },
    });
    expect(outputs.athenaDatabase).toMatch(/^floodgate_dev_/);
  });

  it("leaves out no first row of a statement whose result has no row of names, nor an answer without any", async () => {
    const answering = (...rows: ReadonlyArray<ReturnType<typeof row>>) =>
      cloud.answer(({ operation }) => {
        if (operation === "StartQueryExecution") return ok({ QueryExecutionId: "q-1" });
        if (operation === "GetQueryExecution") return ok(execution("SUCCEEDED"));
        return ok({ ResultSet: { ResultSetMetadata: metadata, Rows: rows } });
      });
    answering(row("queue", "other"), row("q-1", "7"));
    const shown = await ask();
    answering();
    const none = await ask();
    expect([shown.answer.rows, none.answer.rows]).toStrictEqual([
      [
        ["queue", "other"],
        ["q-1", "7"],
      ],
      [],
    ]);
  });

  it.each(["FAILED", "CANCELLED"])("says what Athena says of a query that is %s", async (state) => {
    cloud.answer(({ operation }) =>
      ok(
        operation === "StartQueryExecution"
          ? { QueryExecutionId: "q" }
          : execution(state, { StateChangeReason: "no such column" }),
      ),
    );
    await expect(ask()).rejects.toThrow("Athena: no such column");
  });
});

describe("priceOf", () => {
  it("is $5 a terabyte, of 10 MB at least", () => {
    expect([priceOf({ bytes: 1024 ** 4 }), priceOf({ bytes: 0 })]).toStrictEqual([5, (10 / 1024 ** 2) * 5]);
  });
});
