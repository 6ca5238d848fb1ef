// Reads an AsyncAPI document as the specification's own parser does; errors and warnings are refused.
import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';

const WARNING = 1;

const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], 'utf8'));
const wrong = diagnostics.filter(({ severity }) => severity <= WARNING);
for (const { code, message, path } of wrong) {
  console.log(`${code}: ${message} at ${path.join('.')}`);
}
process.exit(document && wrong.length === 0 ? 0 : 1);
