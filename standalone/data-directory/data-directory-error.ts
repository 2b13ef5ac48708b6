/** A `DATA_DIR` that cannot be used. The message says why, and what to do about it, in one line. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}
