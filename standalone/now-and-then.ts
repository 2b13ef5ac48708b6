const FIRST_AFTER_MS = 2000;
const EVERY_MS = 5000;

/** For a person who waits: of all that there is to tell, the first after two seconds, then one every five. */
export function nowAndThen(tell: (text: string) => void): (text: string) => void {
  let nextAt = performance.now() + FIRST_AFTER_MS;
  return (text) => {
    const now = performance.now();
    if (now < nextAt) return;
    nextAt = now + EVERY_MS;
    tell(text);
  };
}
