// Plain JavaScript on purpose: this has to run, and to explain itself, on a Node that cannot strip types.
const needed = [22, 18];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `Floodgate's Pulumi program needs Node ${needed.join(".")} or newer; pulumi found ${process.version} at ${process.execPath}.\n` +
      'Use the one that npm installed: PATH="$PWD/node_modules/.bin:$PATH" pulumi preview (or install Node 24; see .node-version).',
  );
  process.exit(1);
}
