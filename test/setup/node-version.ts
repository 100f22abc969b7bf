const [major] = process.versions.node.split(".").map(Number);

// Vitest 5 starts on Node 20 and dies at the first failing test, of something that tells nobody why.
if (major! < 22) {
  console.error(
    `The tests need Node 22 or newer, this is ${process.versions.node}: run them through npm (npm test), which uses the pinned one.`,
  );
  process.exit(1);
}
