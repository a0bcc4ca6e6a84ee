import { readFileSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";

/** The text of a file as people have it: gzip by its content, UTF-8 or UTF-16 by its mark or its zeros. */
interface InputText {
  readonly text: string;
  /** Why the end is missing; undefined: the file is whole. */
  readonly cutOff?: string;
  /** It has bytes that are no text in its encoding: they have become U+FFFD. */
  readonly hasBadBytes: boolean;
}

/** What files that hold no text begin with. */
const binaries: ReadonlyArray<readonly [string, string]> = [
  ["PK\u0003\u0004", "a zip archive: unpack it first"],
  ["PAR1", "a Parquet file: export it as JSON lines"],
  ["BZh", "compressed with bzip2: unpack it first"],
  ["(\u00b5/\u00fd", "compressed with zstd: unpack it first"],
];

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const gunzip = (bytes: Buffer): { readonly bytes: Buffer; readonly cutOff?: string } => {
  try {
    return { bytes: gunzipSync(bytes) };
  } catch {
    // What is there up to the place where it breaks.
    const begun = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return { bytes: begun, cutOff: "the file breaks off: its gzip is not whole" };
  }
};

/** Characters at the beginning that JSON has in ASCII: `{"id":"`. */
const certainCharacters = 4;

/** One zero byte may stand in a broken line; zeros at every second place mean two bytes a character. */
const hasZerosAt = (bytes: Buffer, parity: 0 | 1): boolean =>
  bytes.length >= 2 &&
  bytes.subarray(0, 2 * certainCharacters).every((byte, at) => (byte === 0) === (at % 2 === parity));

const encodingOf = (bytes: Buffer): "utf-8" | "utf-16le" | "utf-16be" => {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || hasZerosAt(bytes, 1)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || hasZerosAt(bytes, 0)) return "utf-16be";
  return "utf-8";
};

/** Reads a file; throws an error whose message says why it cannot be read as text. */
export const inputText = (file: string): InputText => {
  const stored = readFileSync(file);
  const { bytes, ...rest } = isGzip(stored) ? gunzip(stored) : { bytes: stored };
  const binary = binaries.find(([magic]) => bytes.subarray(0, magic.length).toString("latin1") === magic);
  if (binary !== undefined) throw new Error(`is ${binary[1]}`);
  // The decoder takes a byte order mark away.
  const encoding = encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), hasBadBytes: false, ...rest };
  } catch {
    return { text: new TextDecoder(encoding).decode(bytes), hasBadBytes: true, ...rest };
  }
};
