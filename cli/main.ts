#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { exitCode } from "./command.ts";
import { runCommand } from "./run-command.ts";

// Half of the time of a short command would be compiling the SDK again.
enableCompileCache();

// Whoever reads our output may stop before its end (`| head`): that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(process.exitCode ?? exitCode.done);
  });
}

process.exitCode = await runCommand(process.argv.slice(2));
