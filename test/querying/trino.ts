import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bucketIn } from "../../cli/query/bucket-in.ts";
import { openRun } from "../../cli/query/open-run.ts";
import { compactedColumns, compactionStatement, namedQueries, type View, views } from "../../infra/querying/views.ts";

/*
 * Runs the program's SQL, text by text, on a real Trino, the engine of Athena, over the objects of a local run, and says for
 * each view and named query whether it answers what DuckDB does:
 *
 *   npx floodgate run && npx node test/querying/trino.ts <folder of an unpacked trino-server> [out]
 *
 * Then it compacts each day by the statements of compact-events, publishes it, and asks the same views again, and how many
 * bytes the same question reads now.
 *
 * trino-server is on Maven Central (io.trino:trino-server, .tar.gz); 368 runs on Java 17. By hand and in no test: it is
 * 650 MB. Trino of that version has no partition projection, so partitions are registered from the folders.
 */

const serviceLevelSeconds = 20;
const [server, out = "out"] = process.argv.slice(2);
if (server === undefined) throw new Error("name the folder of an unpacked trino-server");
const bucket = resolve(bucketIn(out));
const folder = mkdtempSync(join(tmpdir(), "trino-"));

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

const port = await freePort();

const configuration: Readonly<Record<string, ReadonlyArray<string>>> = {
  "node.properties": ["node.environment=test", "node.id=one", `node.data-dir=${folder}/data`],
  "config.properties": [
    "coordinator=true",
    "node-scheduler.include-coordinator=true",
    `http-server.http.port=${port}`,
    `discovery.uri=http://127.0.0.1:${port}`,
    "query.max-memory=1GB",
  ],
  "jvm.config": ["-server", "-Xmx3G", "-Duser.timezone=UTC", "-Djdk.attach.allowAttachSelf=true"],
  "catalog/awsdatacatalog.properties": [
    "connector.name=hive",
    "hive.metastore=file",
    `hive.metastore.catalog.dir=file://${folder}/catalog`,
    "hive.non-managed-table-writes-enabled=true",
    "hive.recursive-directories=true",
    "hive.allow-register-partition-procedure=true",
    "hive.dynamic-filtering.wait-timeout=10s",
  ],
};

mkdirSync(join(folder, "etc/catalog"), { recursive: true });
for (const [name, lines] of Object.entries(configuration)) {
  writeFileSync(join(folder, "etc", name), `${lines.join("\n")}\n`);
}

const trino = spawn(join(server, "bin/launcher"), ["run", "--etc-dir", join(folder, "etc")], {
  stdio: ["ignore", "ignore", "ignore"],
  detached: true,
});

const stop = (): void => {
  if (trino.pid !== undefined && trino.exitCode === null) process.kill(-trino.pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
};
process.once("exit", stop);
process.once("SIGINT", () => process.exit(130));

interface Answer {
  readonly nextUri?: string;
  readonly data?: ReadonlyArray<ReadonlyArray<unknown>>;
  readonly error?: { readonly message: string };
  readonly stats?: { readonly physicalInputBytes?: number };
}

const headers = {
  "x-trino-user": "test",
  "x-trino-catalog": "awsdatacatalog",
  "x-trino-schema": "floodgate",
  "x-trino-time-zone": "UTC",
};

/** Bytes that the last question read. */
let bytesRead = 0;

const ask = async (sql: string): Promise<ReadonlyArray<ReadonlyArray<unknown>>> => {
  const rows: ReadonlyArray<unknown>[] = [];
  let answer = (await (
    await fetch(`http://127.0.0.1:${port}/v1/statement`, { method: "POST", headers, body: sql })
  ).json()) as Answer;
  for (;;) {
    if (answer.error !== undefined) throw new Error(answer.error.message);
    rows.push(...(answer.data ?? []));
    bytesRead = answer.stats?.physicalInputBytes ?? bytesRead;
    if (answer.nextUri === undefined) return rows;
    answer = (await (await fetch(answer.nextUri, { headers })).json()) as Answer;
  }
};

const untilUp = async (): Promise<void> => {
  for (let tries = 0; tries < 120; tries += 1) {
    const isUp = await ask("SELECT 1").then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((again) => setTimeout(again, 1_000));
  }
  throw new Error("Trino did not start within two minutes");
};

const lineTable = (name: string, location: string, partitions: ReadonlyArray<string>): string =>
  `CREATE TABLE ${name} (line varchar${partitions.map((each) => `, ${each} varchar`).join("")}) WITH (format = 'TEXTFILE', ` +
  `textfile_field_separator = '\u0001', external_location = 'file://${location}'` +
  `${partitions.length === 0 ? "" : `, partitioned_by = ARRAY[${partitions.map((each) => `'${each}'`).join()}]`})`;

const partition = (table: string, values: Readonly<Record<string, string>>, path: string): string => {
  const listed = (texts: ReadonlyArray<string>): string => texts.map((each) => `'${each}'`).join();
  return (
    `CALL system.register_partition('floodgate', '${table}', ARRAY[${listed(Object.keys(values))}], ` +
    `ARRAY[${listed(Object.values(values))}], 'file://${path}')`
  );
};

/** Folders below one, by the values of what they are named after. */
const below = (path: string): ReadonlyArray<readonly [string, string]> =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => [name.split("=").at(-1) ?? name, join(path, name)]);

const registerLines = async (table: string, root: string): Promise<void> => {
  for (const [type, typePath] of below(bucket).filter(([, path]) => path.includes(`/${root}=`))) {
    for (const [dt, dtPath] of below(typePath)) {
      for (const [shard, path] of below(dtPath)) await ask(partition(table, { type, dt, shard }, path));
    }
  }
};

const define = async (): Promise<void> => {
  for (const name of ["failed", "errors"]) mkdirSync(join(bucket, name), { recursive: true });
  await ask("CREATE SCHEMA floodgate");
  await ask(lineTable("lines", bucket, ["type", "dt", "shard"]));
  await ask(lineTable("excess_lines", bucket, ["type", "dt", "shard"]));
  await ask(lineTable("failed_lines", join(bucket, "failed"), ["dt"]));
  await ask(lineTable("error_lines", join(bucket, "errors"), []));
  await registerLines("lines", "type");
  await registerLines("excess_lines", "excess");
  for (const [dt, path] of below(join(bucket, "failed"))) await ask(partition("failed_lines", { dt }, path));
  for (const { name, sql } of lineViews) await ask(`CREATE VIEW ${name} AS ${sql}`);
};

/** Numbers as numbers: the engines write them with more or fewer digits. */
const comparable = (value: unknown): string => {
  if (value === null) return "NULL";
  const text = String(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text;
};

const asText = (rows: ReadonlyArray<ReadonlyArray<unknown>>): ReadonlyArray<string> =>
  rows.map((row) => row.map(comparable).join("\t")).toSorted();

const lineViews = views({ serviceLevelSeconds, parquet: false });

const compare = async (
  engine: Awaited<ReturnType<typeof openRun>>,
  asked: ReadonlyArray<View> = lineViews,
): Promise<number> => {
  const [[newest] = [""], [conversation] = [""]] = [
    ...(await ask("SELECT max(dt) FROM lines")),
    ...(await ask("SELECT min(conversation_id) FROM conversations")),
  ];
  const filled = (sql: string): string =>
    sql.replaceAll(":day", `'${newest}'`).replaceAll(":conversation", `'${conversation}'`);
  const questions: ReadonlyArray<readonly [string, string]> = [
    ...asked.map(({ name }) => [`view ${name}`, `SELECT * FROM ${name}`] as const),
    ...namedQueries().map(({ name, sql }) => [`query ${name}`, filled(sql)] as const),
  ];
  let wrong = 0;
  for (const [name, sql] of questions) {
    const began = performance.now();
    const real = asText(await ask(sql));
    const between = performance.now();
    const local = asText((await engine.query(sql)).rows);
    const ended = performance.now();
    const differs = real.findIndex((row, index) => row !== local[index]);
    const isSame = differs < 0 && real.length === local.length;
    if (!isSame) wrong += 1;
    const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
    console.log(
      `${isSame ? "same" : "DIFFERS"}  ${name.padEnd(36)} ${String(real.length).padStart(6)} rows   ` +
        `Trino ${seconds(between - began)}, DuckDB ${seconds(ended - between)}`,
    );
    if (!isSame)
      console.log(
        `  Trino:  ${real[Math.max(0, differs)]?.slice(0, 300)}\n  DuckDB: ${local[Math.max(0, differs)]?.slice(0, 300)}`,
      );
  }
  return wrong;
};

await untilUp();
const [[version] = [""]] = await ask("SELECT node_version FROM system.runtime.nodes");
console.log(`Trino ${version} over ${bucket}`);
await define();
const local = await openRun(bucket, serviceLevelSeconds);
const wrongOfLines = await compare(local);

/** Trino has no UNLOAD: what the statement selects is inserted into the very partition. */
const compactDay = async (dt: string, label: string, folderOfMarkers: string): Promise<void> => {
  const names = compactedColumns.map(([name]) => name).join(", ");
  const [, select = ""] = /^UNLOAD \( (.*) \) TO/.exec(compactionStatement("unload").replaceAll(":dt", dt)) ?? [];
  await ask(`INSERT INTO compacted_copies SELECT ${names}, '${dt}', '${label}', type FROM (${select})`);
  writeFileSync(
    join(folderOfMarkers, `${dt}.json`),
    JSON.stringify({
      dt,
      version: label,
      objects: "",
      namedAt: "2026-01-01T00:00:00.000Z",
      publishedAt: "2026-01-01T00:00:00.000Z",
    }),
  );
};

const compactedViews = views({ serviceLevelSeconds, parquet: true });

const compact = async (): Promise<void> => {
  const [copies, markers] = [join(folder, "compacted/copies"), join(folder, "compacted/days")];
  for (const path of [copies, markers]) mkdirSync(path, { recursive: true });
  const columns = compactedColumns.map(([name, type]) => `${name} ${type}`).join(", ");
  await ask(
    `CREATE TABLE compacted_copies (${columns}, dt varchar, version varchar, type varchar) WITH (format = 'PARQUET', ` +
      `external_location = 'file://${copies}', partitioned_by = ARRAY['dt', 'version', 'type'])`,
  );
  await ask(lineTable("compacted_days", markers, []));
  const days = (await ask("SELECT DISTINCT dt FROM line_copies")).map(([dt]) => String(dt));
  for (const dt of days) await compactDay(dt, `${dt}.one`, markers);
  // Athena would not project the partitions of these days; so they are not registered.
  for (const table of ["open_lines", "open_excess_lines"]) await ask(lineTable(table, bucket, ["type", "dt", "shard"]));
  for (const { name } of lineViews) await ask(`DROP VIEW ${name}`);
  for (const { name, sql } of compactedViews) await ask(`CREATE VIEW ${name} AS ${sql}`);
  console.log(`\ncompacted: ${days.toSorted().join(", ")}`);
};

const measured: ReadonlyArray<readonly [string, string]> = [
  [
    "entries of a queue in a day",
    "SELECT queue_id, count(*) FROM events WHERE type = 'acd.start' AND dt = '2026-01-05' GROUP BY queue_id",
  ],
  [
    "one conversation",
    "SELECT type, event_time FROM events WHERE conversation_id = (SELECT min(conversation_id) FROM conversations)",
  ],
  ["all events of a day", "SELECT count(*) FROM events WHERE dt = '2026-01-05'"],
];

const measure = async (): Promise<ReadonlyArray<number>> => {
  const bytes: number[] = [];
  for (const [, sql] of measured) {
    await ask(sql);
    bytes.push(bytesRead);
  }
  return bytes;
};

const ofLines = await measure();
await compact();
const wrongOfParquet = await compare(
  local,
  compactedViews.filter(({ name }) => !["copies", "open_copies", "day_sources"].includes(name)),
);
const ofParquet = await measure();
for (const [index, [name]] of measured.entries()) {
  const [before = 0, after = 0] = [ofLines[index], ofParquet[index]];
  console.log(
    `${name.padEnd(30)} lines ${before} bytes, Parquet ${after} bytes: ${(before / after).toFixed(1)} times less`,
  );
}
process.exit(wrongOfLines + wrongOfParquet === 0 ? 0 : 1);
