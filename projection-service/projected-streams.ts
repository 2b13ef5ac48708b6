/** The categories whose events change the read models. */
export const PROJECTED_STREAMS: readonly string[] = ['user-', 'relationship-', 'message-', 'reading-'];
