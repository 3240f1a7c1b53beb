/** Shorter than this a value is too likely to be an ordinary word. */
const LENGTH_MIN = 8;
/** Below this, what is left of the value in the middle of other base64 is too short to be nothing else. */
const BASE64_VALUE_MIN = 12;
/** A line of a value that spans lines, such as a key's. */
const LINE_MIN = 16;

/**
 * Everything a value may look like in a text: as written, as JSON writes it (also inside of JSON), in an address, in
 * base64 wherever it begins there; of a value that spans lines, each line. Longest first.
 */
export function formsOf(values: readonly string[]): readonly string[] {
  const lines = values.flatMap((value) =>
    value.includes("\n")
      ? [value, ...value.split(/\r?\n/).filter((line) => line.length >= LINE_MIN)]
      : [value],
  );
  const forms = lines.flatMap((value) => [...written(value), ...inBase64(value)]);
  return [...new Set(forms)]
    .filter((form) => form.length >= LENGTH_MIN)
    .toSorted((a, b) => b.length - a.length);
}

function written(value: string): readonly string[] {
  const json = asJson(value);
  const address = encodeURIComponent(value.toWellFormed());
  return [
    value,
    json,
    asJson(json),
    value.replaceAll("/", String.raw`\/`),
    address,
    address.replaceAll("%20", "+"),
    address.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(value.toWellFormed()),
  ];
}

function asJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Without the characters at both ends that its neighbours have a part in. */
function inBase64(value: string): readonly string[] {
  if (value.length < BASE64_VALUE_MIN) return [];
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    const whole = bytes.toString("base64").replace(/=+$/, "");
    const inner = whole.slice(
      before === 0 ? 0 : before + 1,
      bytes.length % 3 === 0 ? undefined : -1,
    );
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
