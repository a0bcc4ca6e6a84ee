import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { bundle } from "./constructors/bundle.ts";

// `npm run build`: the bytes that `pulumi up` deploys, to look at.
for (const file of readdirSync("handlers").toSorted()) {
  const name = file.replace(/\.ts$/, "");
  const { code } = await bundle(name);
  mkdirSync(`dist/handlers/${name}`, { recursive: true });
  writeFileSync(`dist/handlers/${name}/index.mjs`, code);
  console.log(`dist/handlers/${name}/index.mjs  ${Math.ceil(Buffer.byteLength(code) / 1024)} KB`);
}
