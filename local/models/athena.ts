import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as t from "io-ts";
import type { Clock } from "../clock.ts";
import { inputsOf, type Plan } from "../plan.ts";
import { type Catalog, openFromFile, openLocalEngine, partitionsFile } from "../querying/local-engine.ts";
import { parseJson } from "../text.ts";

/*
 * Athena as far as compact-events asks it: UNLOAD, ALTER TABLE ADD PARTITION and SET TBLPROPERTIES over the objects of the
 * local bucket, in DuckDB, with the views that the plan declares. UNLOAD refuses a place that has objects, and leaves what it has written
 * when it fails (Athena User Guide: UNLOAD). Left out: workgroups, limits, results, and that UNLOAD writes several files.
 */

const Table = t.type({
  name: t.string,
  viewOriginalText: t.union([t.string, t.undefined]),
  storageDescriptor: t.type({ columns: t.array(t.type({ name: t.string, type: t.string })) }),
});
const PrestoView = t.type({ originalSql: t.string });

const sqlOf = (viewText: string): string => {
  const view = parseJson(
    Buffer.from(viewText.replaceAll(/^\/\* Presto View: | \*\/$/g, ""), "base64").toString("utf8"),
  );
  if (!PrestoView.is(view)) throw new Error("not the text of a view in Glue");
  return view.originalSql;
};

/** A plan has its resources in the order of their names: a view comes behind those that it reads. */
const inOrder = (views: Catalog["views"]): Catalog["views"] => {
  const ordered: Catalog["views"][number][] = [];
  const reads = (sql: string, name: string): boolean => new RegExp(`\\b(?:FROM|JOIN) ${name}\\b`).test(sql);
  const add = (view: Catalog["views"][number]): void => {
    if (ordered.includes(view)) return;
    for (const other of views) if (other !== view && reads(view.sql, other.name)) add(other);
    ordered.push(view);
  };
  for (const view of views) add(view);
  return ordered;
};

const catalogOf = (plan: Plan): Catalog => {
  const tables = plan.ofType("aws:glue/catalogTable:CatalogTable").map((resource) => inputsOf(Table, resource));
  const views = tables.flatMap(({ name, viewOriginalText }) =>
    viewOriginalText === undefined ? [] : [{ name, sql: sqlOf(viewOriginalText) }],
  );
  const compacted = tables.find(({ name }) => name === "compacted_copies");
  return { views: inOrder(views), compactedColumns: compacted?.storageDescriptor.columns ?? [] };
};

const unload = /^UNLOAD \(([\s\S]*)\) TO 's3:\/\/([^/']+)\/([^']*)' WITH \(/;
const isAddition = /^ALTER TABLE compacted_copies ADD IF NOT EXISTS PARTITION /;
const partition = /PARTITION \(dt = '([^']*)', version = '([^']*)', type = '([^']*)'\)/g;

const opensFrom = /^ALTER TABLE (open_\w+) SET TBLPROPERTIES \('projection\.dt\.range' = '([\d-]+),NOW\+2DAYS'\)/;

export class Athena {
  private readonly catalog: Catalog;
  private readonly folder: string;
  private readonly clock: Clock;
  /** For tests: ends a query that has written the events of one type. */
  stopsHalfway: (sql: string) => boolean = () => false;

  constructor(plan: Plan, folder: string, clock: Clock) {
    this.catalog = catalogOf(plan);
    this.folder = folder;
    this.clock = clock;
  }

  run(sql: string): Promise<void> {
    const ended = this.act(sql);
    this.clock.during(ended);
    return ended;
  }

  private async act(sql: string): Promise<void> {
    const [, select, bucket, place] = unload.exec(sql) ?? [];
    if (select !== undefined && bucket !== undefined && place !== undefined)
      return this.write(select, bucket, place, sql);
    if (opensFrom.test(sql)) return this.openFrom(sql);
    return this.addPartitions(sql);
  }

  private async write(select: string, bucketName: string, place: string, sql: string): Promise<void> {
    const bucket = join(this.folder, bucketName);
    const folder = join(bucket, place);
    if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`HIVE_PATH_ALREADY_EXISTS: ${place}`);
    mkdirSync(folder, { recursive: true });
    const engine = await openLocalEngine(bucket, this.catalog);
    try {
      await engine.query(
        `COPY (${select}) TO '${folder.replaceAll("'", "''")}' (FORMAT parquet, PARTITION_BY (type), OVERWRITE_OR_IGNORE)`,
      );
    } finally {
      engine.close();
    }
    if (!this.stopsHalfway(sql)) return;
    for (const each of readdirSync(folder).slice(1)) rmSync(join(folder, each), { recursive: true });
    throw new Error("Query was cancelled");
  }

  private openFrom(sql: string): void {
    const [, table = "", from = ""] = opensFrom.exec(sql) ?? [];
    const file = openFromFile(this.folder, table);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, from);
  }

  private addPartitions(sql: string): void {
    const places = isAddition.test(sql) ? [...sql.matchAll(partition)] : [];
    if (places.length === 0) throw new Error(`the model of Athena does not know ${sql}`);
    for (const [, dt = "", version = "", type = ""] of places) {
      const place = `compacted/copies/dt=${dt}/version=${version}/type=${type}`;
      for (const bucket of readdirSync(this.folder).map((name) => join(this.folder, name))) {
        // A type that the day has not is a partition without objects.
        if (!existsSync(join(bucket, place))) continue;
        mkdirSync(dirname(partitionsFile(bucket)), { recursive: true });
        appendFileSync(partitionsFile(bucket), `${place}\n`);
      }
    }
  }
}
