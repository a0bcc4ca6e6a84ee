import { AsyncLocalStorage } from "node:async_hooks";

/** Runs a handler with somewhere for what it prints. */
export const inContainer = new AsyncLocalStorage<(text: string) => void>();

/** Sends what a handler prints to its own log, as Lambda does; everything else prints as before. */
export const divertOutput = (): (() => void) => {
  const divert = (stream: NodeJS.WriteStream): (() => void) => {
    const original = stream.write;
    stream.write = new Proxy(original, {
      apply: (write, self, args) => {
        const log = inContainer.getStore();
        if (log === undefined) return Reflect.apply(write, self, args);
        log(String(args[0]));
        return true;
      },
    });
    return () => {
      stream.write = original;
    };
  };
  const restore = [divert(process.stdout), divert(process.stderr)];
  return () => {
    for (const each of restore) each();
  };
};
