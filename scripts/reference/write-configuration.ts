/** `node scripts/reference/write-configuration.ts`: writes the table within docs/configuration.md anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { configurationPage } from './configuration-page.ts';

const PAGE = new URL('../../docs/configuration.md', import.meta.url);

writeFileSync(PAGE, configurationPage(readFileSync(PAGE, 'utf8')));
