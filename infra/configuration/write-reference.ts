import { writeFileSync } from "node:fs";
import { configurationReference } from "./reference.ts";

// `npm run docs`
writeFileSync("docs/configuration.md", configurationReference());
