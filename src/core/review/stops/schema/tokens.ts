/**
 * Words, numbers, text literals and single signs of a text whose comments begin with `#`, or with `//` and `/*`;
 * whatever it cannot read is a sign of its own.
 */
export function tokensOf(text: string, comments: "#" | "//"): readonly string[] {
  const pattern =
    comments === "#"
      ? /#[^\n]*|"""[^]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"|[\w.-]+|[^\s,]/gu
      : /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w.-]+|\S/gu;
  const isComment = comments === "#" ? /^#/u : /^\/[/*]/u;
  return (text.match(pattern) ?? []).filter((token) => !isComment.test(token));
}
