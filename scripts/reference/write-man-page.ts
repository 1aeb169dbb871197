/** `node scripts/reference/write-man-page.ts FILE`: the manual page as a file, dated SOURCE_DATE_EPOCH or today. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { packageVersion } from '../../src/messaging/package-version.ts';
import { manPage } from './man-page.ts';

const MS_PER_SECOND = 1_000;

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('expected the file to write, got nothing');
const epoch = process.env.SOURCE_DATE_EPOCH;
const date = epoch ? new Date(Number(epoch) * MS_PER_SECOND) : new Date();
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, manPage({ version: packageVersion(), date }));
