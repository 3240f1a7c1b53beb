import { readXml, type XmlElement } from "./read-xml.ts";
import { broken, failed, passed, skipped, type TestOutcome } from "./test-outcome.ts";

/** Who wrote it decides how names are put together; anything else nests suites or repeats them in `classname`. */
type Writer = "pytest" | "nextest" | "other";

interface Place {
  readonly writer: Writer;
  readonly suites: readonly string[];
}

/** Reads a JUnit report: of node:test, pytest, cargo-nextest, and others that nest or name suites. */
export function readJunit(text: string): readonly TestOutcome[] | null {
  const root = readXml(text);
  if (root === null) return null;
  const outcomes: TestOutcome[] = [];
  const place = { writer: writerOf(root), suites: [] };
  if (root.name === "testsuite") collect(root, place, outcomes);
  else for (const child of root.children) collect(child, place, outcomes);
  return outcomes;
}

function writerOf(root: XmlElement): Writer {
  const names = [root, ...root.children].map(({ attributes }) => attributes.get("name") ?? "");
  if (names.some((name) => /^pytest\b/u.test(name))) return "pytest";
  return names[0] === "nextest-run" ? "nextest" : "other";
}

function collect(element: XmlElement, place: Place, outcomes: TestOutcome[]): void {
  if (element.name === "testcase") {
    outcomes.push(outcomeOf(element, place));
    return;
  }
  if (element.name !== "testsuite") return;
  const name = nameOf(element);
  const suites = isPath(name) || name === "" ? place.suites : [...place.suites, name];
  for (const child of element.children) collect(child, { ...place, suites }, outcomes);
}

function outcomeOf(testcase: XmlElement, place: Place): TestOutcome {
  const told = whoOf(testcase, place);
  const child = (name: string) => testcase.children.find((one) => one.name === name);
  // A test that is known to fail (`todo`) carries both; what it did then counts for nothing.
  const skip = child("skipped");
  if (skip !== undefined) return skipped({ ...told, why: wordsOf(skip).join("\n") });
  const fault = child("error") ?? child("failure");
  const isFile = isOfFile(testcase, place);
  if (fault === undefined) {
    if (!isFile) return passed(told);
    return broken({ ...told, headline: "No test was found in this file.", body: "" });
  }
  const [headline = "", body = ""] = wordsOf(fault);
  const isCollection = /^collection (?:failure|error)/u.test(headline);
  return isFile || isCollection
    ? broken({ ...told, headline, body })
    : failed({ ...told, headline, body });
}

function wordsOf(element: XmlElement): readonly string[] {
  const { attributes } = element;
  const [type, message] = [attributes.get("type") ?? "", attributes.get("message") ?? ""];
  // Of the types only an exception's own name says something.
  const kind = /(?:Error|Exception)$/u.test(type) && !message.includes(type) ? `${type}: ` : "";
  return [`${kind}${message}`, element.text];
}

/** node:test reports a file that ended badly, or held no test, as one test named like the file. */
function isOfFile(testcase: XmlElement, { suites }: Place): boolean {
  const file = testcase.attributes.get("file") ?? "";
  return suites.length === 0 && isPath(nameOf(testcase)) && file.endsWith(nameOf(testcase));
}

function whoOf(
  testcase: XmlElement,
  { writer, suites }: Place,
): { readonly parts: readonly string[]; readonly file: string | null } {
  const name = nameOf(testcase);
  const className = testcase.attributes.get("classname") ?? "";
  const file = testcase.attributes.get("file") ?? null;
  if (writer === "pytest") return ofPytest(className, name, file);
  if (writer === "nextest") return { parts: name.split("::"), file };
  if (isPath(className)) return { parts: [...suites, name], file: file ?? className };
  const isNews = suites.length === 0 && className !== "test" && className !== name;
  return { parts: isNews ? [className, name] : [...suites, name], file };
}

/**
 * pytest writes `tests.test_add.TestAdd`: folders and module, then classes, which only their capital tells apart. Of a
 * module that could not be collected the class name is empty and the name is the module.
 */
function ofPytest(className: string, name: string, file: string | null) {
  const dotted = (className === "" ? name : className).split(".");
  const found = dotted.findIndex((part) => /^_*[A-Z]/u.test(part));
  const classAt = found < 0 ? dotted.length : found;
  const path = file ?? `${dotted.slice(0, classAt).join("/")}.py`;
  return className === ""
    ? { parts: [path], file: path }
    : { parts: [...dotted.slice(classAt), name], file: path };
}

function nameOf(element: XmlElement): string {
  // node:test escapes quotes twice.
  return (element.attributes.get("name") ?? "").replaceAll("&quot;", '"');
}

function isPath(name: string): boolean {
  return /^\S{1,500}\.(?:[cm]?[jt]sx?|py|go|rs)$/u.test(name);
}
