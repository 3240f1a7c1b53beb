const WORDS_MAX = 8000;
const PATH_MAX = 300;
const SUFFIX = /\.[A-Za-z][A-Za-z0-9]{0,9}$/u;
/** Names of products that look like files. */
const PRODUCT =
  /^(?:angular|chart|d3|express|leaflet|nest|next|node|nuxt|react|socket|solid|svelte|three|vue)\.(?:js|io|ts)$/iu;
const KNOWN =
  /\.(?:c|cc|conf|cpp|cs|css|dart|ex|exs|go|gradle|h|hs|html|ini|java|js|json|jsx|kt|lock|lua|md|mjs|cjs|mts|php|plist|proto|ps1|py|rb|rs|scala|scss|sh|sql|svelte|swift|tf|toml|ts|tsx|txt|vue|xml|ya?ml|zig)$/iu;
const FOLDER =
  /^(?:android|api|app|apps|backend|bin|client|cmd|config|configs|contracts|crates|db|docs|examples|frontend|infra|internal|ios|lib|libs|migrations|packages|pkg|scripts|server|services|specs|src|test|tests|web|\.github)\//u;

/** Paths of files and folders in a task's words, in their order; addresses, routes and products are none. */
export function readFilePaths(words: string): readonly string[] {
  const text = words.slice(0, WORDS_MAX).replaceAll(/\bhttps?:\/\/\S+/giu, " ");
  const paths = new Set<string>();
  for (const match of text.matchAll(
    /`([^`\n]{1,200})`|(?<![\w/])([\w@.{},*$[\]()+~-]+(?:\/[\w@.{},*$[\]()+~-]*)*)/gu,
  )) {
    const path = asPath(match[1] ?? match[2] ?? "", match[1] !== undefined);
    if (path !== null) paths.add(path);
  }
  return [...paths];
}

function asPath(written: string, quoted: boolean): string | null {
  if (written.length > PATH_MAX) return null;
  const word = written
    .trim()
    .replace(/^[([{,.]+(?=[\w@])/u, "")
    .replace(/(?::\d+(?:-\d+)?)?[),.:;\]]*$/u, "")
    .replace(/^\.\//u, "");
  if (word === "" || /\s/u.test(word) || word.startsWith("/") || /(?:^|\/)\.\.(?:\/|$)/u.test(word))
    return null;
  if (!/\w/u.test(word) || PRODUCT.test(word)) return null;
  const isFile = SUFFIX.test(word);
  if (!word.includes("/")) return isFile && KNOWN.test(word) ? word : null;
  const isFolder = FOLDER.test(word) || (quoted && word.endsWith("/"));
  return isFile || isFolder ? word : null;
}
