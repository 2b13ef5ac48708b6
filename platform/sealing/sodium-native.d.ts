/** What is used of it: it comes without types. `npub` is the nonce. */
declare module 'sodium-native' {
  const sodium: {
    randombytes_buf(buffer: Uint8Array): void;
    /** Into `sealed`, which has room for the tag behind. Answers how long that is. */
    crypto_aead_chacha20poly1305_ietf_encrypt(
      sealed: Uint8Array,
      plain: Uint8Array,
      bound: Uint8Array,
      nsec: null,
      npub: Uint8Array,
      key: Uint8Array,
    ): number;
    /** Into `plain`, which may be where `sealed` is. Throws when it was sealed with anything else. Answers how long that is. */
    crypto_aead_chacha20poly1305_ietf_decrypt(
      plain: Uint8Array,
      nsec: null,
      sealed: Uint8Array,
      bound: Uint8Array,
      npub: Uint8Array,
      key: Uint8Array,
    ): number;
  };
  export = sodium;
}
