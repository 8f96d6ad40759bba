// Serves RSSHub's app on a free loopback port: `node serve.mjs FOLDER`, where FOLDER holds node_modules.
// Prints one line, "ready PORT", when it answers, and ends with its standard input, so that it never outlives its parent.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const library = join(folder, 'node_modules', 'rsshub', 'dist-lib');
// The package offers data only; the app that makes feeds of it is in a chunk that its entry names.
const chunk = readFileSync(join(library, 'pkg.mjs'), 'utf8').match(/import\("(\.\/app-[^"]+\.mjs)"\)/)[1];
const { default: app } = await import(pathToFileURL(join(library, chunk)).href);
const { serve } = createRequire(join(folder, 'package.json'))('@hono/node-server');
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => console.log(`ready ${port}`));
process.stdin.on('end', () => { server.close(); process.exit(0); }).resume();
