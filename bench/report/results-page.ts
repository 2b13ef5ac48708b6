const begin = (name: string): string => `<!-- ${name}: begin -->`;
const end = (name: string): string => `<!-- ${name}: end -->`;

/** The page with the named section put in place of the former one, or at its end; all else is left as people wrote it. */
export function withSection(page: string, name: string, section: string): string {
  const [from, to] = [page.indexOf(begin(name)), page.indexOf(end(name))];
  const marked = `${begin(name)}\n${section}\n${end(name)}`;
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n${marked}\n`;
  return page.slice(0, from) + marked + page.slice(to + end(name).length);
}
