#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node fails on a TypeScript file before any line of it runs.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `Handoff needs Node 24 or newer; this is ${process.version}. In the project folder use: npm run handoff -- <command>\n`,
  );
  process.exitCode = 2;
} else {
  await import('./main.ts');
}
