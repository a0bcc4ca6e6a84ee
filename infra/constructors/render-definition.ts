const placeholder = /\$\{(\w+)\}/g;

/** Fills the placeholders of a definition; one without a value, or a value without its placeholder, is a mistake. */
export const renderDefinition = (
  machine: string,
  definition: string,
  values: Readonly<Record<string, string>>,
): string => {
  const used = new Set([...definition.matchAll(placeholder)].map(([, name = ""]) => name));
  const missing = [...used].filter((name) => !Object.hasOwn(values, name));
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (missing.length > 0 || unused.length > 0) {
    throw new Error(
      `${machine}.asl.json: no value for [${missing.join(", ")}], no placeholder for [${unused.join(", ")}]`,
    );
  }
  // Without the file's white space: it counts towards the memory that Express executions are billed for.
  return JSON.stringify(JSON.parse(definition.replaceAll(placeholder, (_, name: string) => values[name] ?? "")));
};
