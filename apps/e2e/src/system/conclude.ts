/** Ends a proof: what was wrong, line by line (50 at most), then its figure as the last line, which `npm run proofs` keeps. Exit 1 when anything was wrong. */
export function conclude(figure: string, wrong: readonly string[]): never {
  for (const line of wrong.slice(0, 50)) console.log(`WRONG ${line}`);
  console.log(figure);
  process.exit(wrong.length === 0 ? 0 : 1);
}
