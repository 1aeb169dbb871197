/** `node scripts/reference/write-usage.ts`: writes docs/usage.md anew. It takes a built addon. */
import { writeFileSync } from 'node:fs';
import { usagePage } from './usage-page.ts';

writeFileSync(new URL('../../docs/usage.md', import.meta.url), usagePage());
