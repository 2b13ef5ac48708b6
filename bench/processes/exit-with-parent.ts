/** A process that the benchmark has forked ends when the benchmark does, however that ends. */
export function exitWithParent(): void {
  // Ctrl-C is for the benchmark, which ends its processes in order.
  process.on('SIGINT', () => {});
  process.once('disconnect', () => process.exit(0));
}
