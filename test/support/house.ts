import { dirname, join } from "node:path";
import ts from "typescript";

/** The sources of a tree: text by path. */
export type Tree = ReadonlyMap<string, string>;

/** A named function with its lines, from its name to its end. */
export interface Measured {
  readonly name: string;
  readonly lines: number;
}

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2024, true);

const isSpecifier = (node: ts.Node): node is ts.StringLiteral =>
  ts.isStringLiteral(node) &&
  (ts.isImportDeclaration(node.parent) ||
    ts.isExportDeclaration(node.parent) ||
    (ts.isCallExpression(node.parent) && node.parent.expression.kind === ts.SyntaxKind.ImportKeyword));

const walk = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
};

const specifiersByText = new Map<string, ReadonlyArray<string>>();

/** What a text imports and exports from elsewhere, as written. Each text is parsed once: trees differ in one file. */
const specifiersOf = (path: string, text: string): ReadonlyArray<string> => {
  const read = specifiersByText.get(text);
  if (read !== undefined) return read;
  const found: string[] = [];
  walk(parse(path, text), (node) => {
    if (isSpecifier(node)) found.push(node.text);
  });
  specifiersByText.set(text, found);
  return found;
};

/** Which files of the tree each file imports, types included. */
export const importsOf = (tree: Tree): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map(
    [...tree].map(([path, text]) => [
      path,
      specifiersOf(path, text)
        .filter((each) => each.startsWith("."))
        .map((each) => join(dirname(path), each)),
    ]),
  );

/** The room of a file of `src/`; undefined for any other file. */
export const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];

const edges = (tree: Tree): ReadonlyArray<readonly [string, string]> =>
  [...importsOf(tree)].flatMap(([from, targets]) => targets.map((to) => [from, to] as const));

const shown = ([from, to]: readonly [string, string]): string => `${from} -> ${to}`;

/** Imports of a room that is not below, by the order of the rooms, bottom first; a room that the order lacks is above all. */
export const upwardImports = (tree: Tree, order: ReadonlyArray<string>): ReadonlyArray<string> => {
  const heightOf = (room: string): number => (order.includes(room) ? order.indexOf(room) : order.length);
  return edges(tree)
    .filter(([from, to]) => {
      const [own, other] = [roomOf(from), roomOf(to)];
      return own !== undefined && other !== undefined && own !== other && heightOf(other) >= heightOf(own);
    })
    .map(shown);
};

const isAdapter = (path: string): boolean => path.includes("/adapters/");
const isSdk = (specifier: string): boolean => /^(@aws-sdk|@aws-lambda-powertools|openid-client)/.test(specifier);

/** Adapters that something else of `src/` imports, and SDKs outside of adapters. */
export const leakedAdapters = (tree: Tree): ReadonlyArray<string> => [
  ...edges(tree)
    .filter(([from, to]) => roomOf(from) !== undefined && !isAdapter(from) && isAdapter(to))
    .map(shown),
  ...[...tree]
    .filter(([path]) => roomOf(path) !== undefined && !isAdapter(path))
    .flatMap(([path, text]) =>
      specifiersOf(path, text)
        .filter(isSdk)
        .map((each) => `${path} -> ${each}`),
    ),
];

/** Steps, ports and adapters that `infra/` imports: it may know decisions and codecs of environments. */
export const infraImports = (tree: Tree): ReadonlyArray<string> => {
  const imports = importsOf(tree);
  const isStep = (path: string): boolean =>
    path.endsWith("/ports.ts") || (imports.get(path) ?? []).some((each) => each.endsWith("/ports.ts"));
  return edges(tree)
    .filter(([from, to]) => from.startsWith("infra/") && roomOf(to) !== undefined && isStep(to))
    .map(shown);
};

/** Imports of a test's file by a source. */
export const importsOfTests = (tree: Tree): ReadonlyArray<string> =>
  edges(tree)
    .filter(([from, to]) => !from.startsWith("test/") && to.startsWith("test/"))
    .map(shown);

/** Cycles of a graph, each as its members in the order of their names; none where nothing imports itself by a detour. */
export const cyclesOf = (graph: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const reachableFrom = (start: string): ReadonlySet<string> => {
    const reached = new Set<string>();
    const open = [...(graph.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(graph.get(next) ?? []));
    }
    return reached;
  };
  const reachable = new Map([...graph.keys()].map((node) => [node, reachableFrom(node)]));
  const inCycle = [...graph.keys()].filter((node) => reachable.get(node)?.has(node) === true);
  const cycles = inCycle.map((node) =>
    inCycle.filter((other) => reachable.get(node)?.has(other) === true && reachable.get(other)?.has(node) === true),
  );
  return [...new Map(cycles.map((cycle) => [cycle.toSorted().join(), cycle.toSorted()])).values()];
};

/** The imports of rooms among each other. */
export const roomGraph = (tree: Tree): ReadonlyMap<string, ReadonlyArray<string>> => {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of edges(tree)) {
    const [own, other] = [roomOf(from), roomOf(to)];
    if (own === undefined) continue;
    const known = graph.get(own) ?? new Set();
    graph.set(own, other === undefined || other === own ? known : known.add(other));
  }
  return new Map([...graph].map(([room, others]) => [room, [...others]]));
};

/** Folders with more files than `most`, subfolders not counted. */
export const crowdedFolders = (paths: ReadonlyArray<string>, most: number): ReadonlyArray<string> =>
  [...Map.groupBy(paths, dirname)]
    .filter(([, files]) => files.length > most)
    .map(([folder, files]) => `${folder}: ${files.length} files`);

const nameOf = (node: ts.Node): string | undefined => {
  const { parent } = node;
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) return node.name?.getText();
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node)) return undefined;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  return undefined;
};

/** Every function that has a name, closures in objects included, with its lines. */
export const functionsOf = (tree: Tree): ReadonlyArray<Measured> => {
  const found: Measured[] = [];
  for (const [path, text] of tree) {
    const source = parse(path, text);
    const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
    walk(source, (node) => {
      const name = nameOf(node);
      if (name === undefined) return;
      const whole = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) ? node : node.parent;
      found.push({ name: `${path}: ${name}`, lines: lineAt(whole.getEnd()) - lineAt(whole.getStart()) + 1 });
    });
  }
  return found;
};
