/* Loaded into a Node that is started with `COLLECTING`. */
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  // What the first one let go of.
  globalThis.gc?.();
});
