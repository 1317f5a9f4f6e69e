import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { bench } from '../bench/bench.js';
import type { BenchRow } from '../bench/measure.js';
import { commandLineOfStart } from '../system/command-line.js';

/** `npm run bench -- [--operations 800] [--write FILE] [-- options of npm start]`: prints a table, and writes it with the machine's description. */
const { values, startOptions } = commandLineOfStart({ operations: 800, write: '' });
const report = await bench({ operations: values.operations, startOptions }, (line) => console.error(line));

const { order } = report;
const line = ({ operation, shoppers, cpuMs, databaseCpuMs, perSecond, p50, p95, p99 }: BenchRow): string =>
  `| ${operation} | ${shoppers} | ${cpuMs.toFixed(2)} | ${databaseCpuMs.toFixed(2)} | ${perSecond.toFixed(0)} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${p99.toFixed(1)} |`;
const text = `# Bench

\`npm run bench\` on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node.js ${process.version}; options: ${startOptions.join(' ') || '(one process, embedded log)'}.
CPU is that of all processes, database and broker, without the client's. Each operation is first done as often without being counted. One run; the machine is shared, so read ratios rather than milliseconds.

| operation | shoppers | CPU ms | of it PostgreSQL | per s | p50 ms | p95 ms | p99 ms |
|---|---|---|---|---|---|---|---|
${report.rows.map(line).join('\n')}

Idle: ${report.idleCorePercent.toFixed(1)} % of a core. Memory of everything afterwards: ${report.pssMb.toFixed(0)} MB (PSS).

What one order asks of PostgreSQL, from the first product in the cart to the last effect (8 shoppers; a run of its own, in which the server
counts; what runs in the background meanwhile, and the looks whether all is settled, are in it):
${order.statements.toFixed(0)} statements, ${order.writeTransactions.toFixed(1)} write transactions, ${(order.walBytes / 1_000).toFixed(0)} kB of WAL.

| database | statements | ms in them |
|---|---|---|
${order.byDatabase.map(({ database, statements, ms }) => `| ${database} | ${statements.toFixed(1)} | ${ms.toFixed(2)} |`).join('\n')}
`;
console.log(text);
if (values.write) writeFileSync(values.write, `${text}${restOf(values.write)}`);
process.exit(0);

/** What other benches have written below, from their first heading on. */
function restOf(file: string): string {
  const page = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const begin = page.indexOf('\n## ');
  return begin < 0 ? '' : page.slice(begin);
}
