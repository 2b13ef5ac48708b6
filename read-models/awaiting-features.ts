/** What the answers say of presence, which has no read model yet. */
export const OFFLINE = { is_online: false } as const;
