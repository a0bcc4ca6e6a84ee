import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/*
 * S3 as files: `<folder>/<bucket>/<key>`; objects are written whole, listed in the order of their keys (S3 API
 * reference). Left out: versions, multipart uploads, metadata, access control, lifecycle.
 */

/** S3 User Guide, bucket naming rules: no name is a step upwards. */
const bucketName = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** A name that S3 refuses, with its error code. */
export class ObjectNameError extends Error {
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

/** A prefix may be anything, also what no folder can be named. */
const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};

export class Objects {
  readonly folder: string;

  /** For people who watch. */
  onWritten: (key: string, body: Buffer) => void = () => undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  put(bucket: string, key: string, body: Buffer): void {
    const file = this.fileOf(bucket, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    this.onWritten(key, body);
  }

  get(bucket: string, key: string): Buffer | undefined {
    const file = this.fileOf(bucket, key);
    return existsSync(file) ? readFileSync(file) : undefined;
  }

  delete(bucket: string, key: string): void {
    rmSync(this.fileOf(bucket, key), { force: true });
  }

  list(bucket: string, prefix: string): ReadonlyArray<string> {
    const root = this.rootOf(bucket);
    // Only the folder that the prefix names is read: a bucket may hold many others.
    const folder = join(root, prefix.slice(0, prefix.lastIndexOf("/") + 1));
    if (relative(root, folder).startsWith("..") || !isFolder(folder)) return [];
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)).split(sep).join("/"))
      .filter((key) => key.startsWith(prefix))
      .toSorted();
  }

  /** The place of an object, which must not leave its bucket whatever the key says. */
  private fileOf(bucket: string, key: string): string {
    const root = this.rootOf(bucket);
    const file = join(root, key);
    const within = relative(root, file);
    if (within === "" || within.startsWith(".."))
      throw new ObjectNameError("InvalidArgument", "not a key of the bucket");
    return file;
  }

  private rootOf(bucket: string): string {
    if (!bucketName.test(bucket)) throw new ObjectNameError("InvalidBucketName", "not a bucket's name");
    return join(this.folder, bucket);
  }
}
