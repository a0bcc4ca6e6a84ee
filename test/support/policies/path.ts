import type { Plan, PlannedResource } from "../../../local/plan.ts";

type Path = ReadonlyArray<string | number>;

const leavesOf = (value: unknown, path: Path): ReadonlyArray<Path> => {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0)
    return path.length === 0 ? [] : [path];
  return Array.isArray(value)
    ? value.flatMap((each, index) => leavesOf(each, [...path, index]))
    : Object.entries(value).flatMap(([key, each]) => leavesOf(each, [...path, key]));
};

/** Every input and option of a resource; `group`: the same one of all resources of the type, whatever its place in a list. */
export const pathsOf = (resource: PlannedResource) =>
  leavesOf({ inputs: resource.inputs, options: resource.options ?? {} }, [])
    .filter(([, first]) => first !== undefined)
    .map((path) => ({
      resource,
      path,
      group: `${resource.type.split(":").at(-1)} ${path.map((key) => (typeof key === "number" ? "*" : key)).join(".")}`,
    }));

const removed = (value: unknown, [key, ...rest]: Path): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => (index === key ? (rest.length === 0 ? [] : [removed(each, rest)]) : [each]));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      name === key ? (rest.length === 0 ? [] : [[name, removed(each, rest)]]) : [[name, each]],
    ),
  );
};

/** A plan's resources without one path, which begins with `inputs` or `options`; without any path: without the resource. */
export const without = (
  { all }: Plan,
  resource: PlannedResource | undefined,
  path: Path,
): ReadonlyArray<PlannedResource> =>
  all.flatMap((each) => {
    if (each !== resource) return [each];
    return path.length === 0 ? [] : [removed(each, path) as PlannedResource];
  });
