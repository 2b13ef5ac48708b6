/** `embed.js`: the elements that other pages use. */
export {};
