/** A process that the benchmark has forked ends when the benchmark does, however that ends. */
export function exitWithParent(): void {
  process.once('disconnect', () => process.exit(0));
}
