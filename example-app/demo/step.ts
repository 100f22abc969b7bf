/** Does something that takes a while, and says so. */
export async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = performance.now();
  process.stdout.write(`  ${what} … `);
  const result = await work();
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}
