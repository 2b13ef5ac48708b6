/** Where the present comes from; a test brings its own. */
export type Clock = () => Date;
