import { describe, expect, test } from "vitest";
import { readDependencies } from "../../src/core/plan/read-dependencies.ts";
import type { CorpusCase } from "./dependencies/case.ts";
import { KEYED } from "./dependencies/keyed.ts";
import { AIMS, CASES, edgesOf, scoreCorpus } from "./dependencies/score.ts";

describe("the corpus", () => {
  test("is large, has a name and a thread for each case, and many traps", () => {
    expect(CASES.length).toBeGreaterThanOrEqual(180);
    expect(
      CASES.filter(({ edges, unresolved }) => edges.length + unresolved.length === 0).length,
    ).toBeGreaterThanOrEqual(60);
    const unnamed = CASES.filter(
      ({ name, after }) => name === "" || !/^[\w.-]+\/[\w.-]+#\d+$|^no thread$/u.test(after),
    );
    expect(unnamed).toEqual([]);
    expect(new Set(CASES.map(({ body }) => body)).size).toBe(CASES.length);
  });

  test("is read with the precision and recall that are aimed at, and every unresolved declaration is reported", () => {
    const { cases, precision, recall, unresolved } = scoreCorpus();
    const needless = cases.filter(({ needless: words }) => words.length > 0);
    expect(precision).toBeGreaterThanOrEqual(AIMS.precision);
    expect(recall).toBeGreaterThanOrEqual(AIMS.recall);
    expect(unresolved.reported).toBe(unresolved.expected);
    expect(needless).toEqual([]);
    expect(cases.filter(({ other }) => other.length > 0)).toEqual([]);
  });

  test("a reader that reads nothing, or everything as an edge, would be found out", () => {
    const expected = CASES.reduce((sum, { edges }) => sum + edges.length, 0);
    const mentioned = CASES.reduce((sum, { body }) => sum + new Set(body.match(/#\d+/gu)).size, 0);
    expect(expected).toBeGreaterThan(200);
    expect(expected / mentioned).toBeLessThan(AIMS.precision);
  });
});

/** Lines `Depends on …` or `Blocked by …` about the issue itself, with no other words of that kind around them. */
const SIMPLE = KEYED.filter(
  ({ body, edges, unresolved, parent }) =>
    /^(?:[-*] |\*\*)?(?:Depends on|Blocked by)/u.test(body) &&
    edges.length > 0 &&
    unresolved.length === 0 &&
    parent === null &&
    edges.every(({ dependent, strength }) => dependent === "#100" && strength === "hard"),
);
const expectedOf = ({ edges }: CorpusCase): ReadonlySet<string> =>
  new Set(edges.map(({ dependent, blocker }) => `${dependent} <- ${blocker}`));
const withKey = (body: string, key: string): string =>
  body.replaceAll(/Depends on|Blocked by/gu, key);
const turned = (edges: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...edges].map((edge) => edge.split(" <- ").toReversed().join(" <- ")));

describe("mutations change the answer where they should, and only there", () => {
  test("there are cases to mutate", () => expect(SIMPLE.length).toBeGreaterThanOrEqual(20));

  describe.each(SIMPLE.map((item): [string, CorpusCase] => [item.name, item]))(
    "%s",
    (_name, item) => {
      const { body } = item;
      const expected = expectedOf(item);
      const isTitled = /^Depends on the [^#]*\(#/u.test(body);

      test.each(["Depends on", "Blocked by", "Waits on", "Is blocked by", "This issue depends on"])(
        "key %j says the same",
        (key) => expect(edgesOf(withKey(body, key))).toEqual(expected),
      );

      test("a reverse key turns it round", () => {
        // "Unblocks the queue (#12)" is what a change log says.
        if (isTitled) return;
        expect(edgesOf(withKey(body, "Blocks"))).toEqual(turned(expected));
      });

      test.each(["Closes", "Fixes", "Based on", "Supersedes", "Mentioned near", "Not blocked by"])(
        "key %j takes it away",
        (key) => expect(edgesOf(withKey(body, key))).toEqual(new Set()),
      );

      test("a soft key makes it soft", () => {
        if (isTitled) return;
        const soft = new Set([...expected].map((edge) => edge.replace("<- ", "<- ~")));
        expect(edgesOf(withKey(body, "Related to"))).toEqual(soft);
      });

      test("the style of a reference makes no difference", () => {
        // A range and a slash are written with number signs only.
        if (/#\d+-#|\/#| through /u.test(body)) return;
        const styles = ["acme/app#$1", "https://github.com/acme/app/issues/$1", "GH-$1"];
        for (const style of styles) {
          const written = body.replaceAll(/(?<![\w/&#-])#(\d+)(?![-\d])/gu, style);
          expect({ written, edges: edgesOf(written) }).toEqual({ written, edges: expected });
        }
      });

      test("without a number sign or an address nothing is named exactly", () => {
        const wordy = body.replaceAll(
          /[\w./:-]*(?:#|GH-|\/pull\/|\/issues\/)\d+/giu,
          "the other thing",
        );
        expect(edgesOf(wordy)).toEqual(new Set());
      });

      test("where nobody speaks it says nothing", () => {
        const quoted = body.replaceAll(/^/gmu, "> ").replaceAll("**", "");
        const places = [
          `\`\`\`\n${body}\n\`\`\``,
          `<!--\n${body}\n-->`,
          quoted,
          `<pre>\n${body}\n</pre>`,
        ];
        for (const place of places)
          expect({ place, edges: edgesOf(place) }).toEqual({ place, edges: new Set() });
      });

      test("its place in the text makes no difference", () => {
        const far = `# Title\n\n${"Some words about the work.\n\n".repeat(40)}`;
        const places = [
          `${far}${body}`,
          `${body}\n\n## Notes\n\nNothing else.`,
          `Intro.\n\n${body}\n`,
        ];
        for (const place of places) expect(edgesOf(place)).toEqual(expected);
      });

      test("a second reading of the same words adds nothing", () => {
        expect(edgesOf(`${body}\n\n${body}`)).toEqual(expected);
      });
    },
  );
});

test("each edge says where it came from", () => {
  for (const { name, body } of CASES) {
    const lines = body.split("\n");
    for (const { place, words } of readDependencies(body).declarations) {
      const line = lines[(place.line ?? 0) - 1] ?? "";
      const [said = ""] = words.match(/[\p{L}\p{N}#]+/u) ?? [];
      expect(`${line} ${lines[place.line ?? 0] ?? ""}`, `${name}: ${words}`).toContain(said);
    }
  }
});
