/** Fills the capabilities that a test does not give: a path that uses one of them fails the test. */
export const onlyThese = <C extends object>(given: Partial<C>): C =>
  new Proxy(given, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name);
      throw new Error(`${String(name)} was not expected to be used`);
    },
  }) as C;
