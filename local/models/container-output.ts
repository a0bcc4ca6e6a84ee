import { AsyncLocalStorage } from "node:async_hooks";

/** What a handler has of its container: somewhere for what it prints, and how far its clock is ahead, in milliseconds. */
interface Surroundings {
  readonly log: (text: string) => void;
  readonly skew: number;
}

export const inContainer = new AsyncLocalStorage<Surroundings>();

/** Sends what a handler prints to its own log, as Lambda does; everything else prints as before. */
export const divertOutput = (): (() => void) => {
  const divert = (stream: NodeJS.WriteStream): (() => void) => {
    const original = stream.write;
    stream.write = new Proxy(original, {
      apply: (write, self, args) => {
        const container = inContainer.getStore();
        if (container === undefined) return Reflect.apply(write, self, args);
        container.log(String(args[0]));
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
