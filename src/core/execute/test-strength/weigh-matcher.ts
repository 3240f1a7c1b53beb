import { closingAt, isLiteral, splitOutside } from "./normalised-text.ts";
import { nearness, weighCondition, type Weighed } from "./weigh-condition.ts";

/** Matchers and assertion functions by how much they demand, in lower case without `assert`, `to`, `have`, `been`, `be`. */
const STRENGTHS: ReadonlyMap<string, number> = new Map(
  (
    [
      [
        3,
        "equal equals eq eql eqls is same strictequal stricteq deepequal deepequals deepstrictequal sameas samevalue true false null undefined none nan nil zero empty calledwith calledoncewith calledexactlyoncewith lastcalledwith nthcalledwith onceCalledWith matchinlinesnapshot throwerrormatchinginlinesnapshot returnwith returnedwith dictequal listequal tupleequal setequal sequenceequal multilineequal equalvalues exactly jsoneq yamleq equalerror noerror notcalled arrayequal arraystrictequal fail fails a_eq error_eq",
      ],
      [2.75, "partialdeepstrictequal strictmembers elementsmatch countequal"],
      [
        2.5,
        "length lengthof len calledtimes callcount calledonce called_once raisesregex throwserror errorcontains erroris warnsregex",
      ],
      [
        2,
        "contain contains containequal include includes in match matches matchobject regex like greaterthan greaterthanorequal lessthan lessthanorequal greater greaterequal greaterorequal less lessequal lessorequal above below least most within closeto approximately almostequal indelta inepsilon allclose property typeof instanceof instanceOf isinstance a an isa istype implements members keys oneof satisfy matchsnapshot snapshot matchfilesnapshot throwerrormatchingsnapshot subset hasattr errorAs eventually resolves",
      ],
      [
        1.5,
        "notequal notequals noteq notdeepequal notdeepstrictequal notstrictequal ne isnot notsame notin notcontain notinclude notmatch notregex",
      ],
      [
        1,
        "ok truthy falsy defined exist exists notnull notundefined notnone notnil notempty called throw throws throwerror raises rejects error panics doesnotthrow doesnotreject notok iserror any anything string number function object array isstring isnumber isfunction isobject isarray",
      ],
    ] as const
  ).flatMap(([strength, names]) =>
    names.split(" ").map((name) => [name.toLowerCase().replaceAll("_", ""), strength] as const),
  ),
);

/** A matcher that is not in the table demands something, the more the more it is given. */
const UNKNOWN = { given: 2, bare: 1.5 };

/** Weighs a call: `expect(x).toBe(3)`, `assert.equal(x, 3)`, `self.assertEqual(x, 3)`, `assert_eq!(x,3)`. */
export function weighCall(text: string): Weighed {
  if (/^expect\.(?:assertions|hasAssertions)\(|^\w+\.plan\(/u.test(text)) return weighPlan(text);
  if (/^expect(?:\.\w+)?(?:<|\()|^expectTypeOf\b/u.test(text)) return weighMatcher(text);
  if (text.startsWith("should_panic")) {
    return {
      subject: "should_panic",
      matcher: "should_panic",
      strength: text.includes("expected") ? 2 : 1,
      bound: null,
    };
  }
  const open = text.indexOf("(");
  if (open < 0) return { subject: text, matcher: "", strength: UNKNOWN.bare, bound: null };
  return weighFunction(text, open);
}

/** How many assertions must have run: fewer is looser. */
function weighPlan(text: string): Weighed {
  const count = Number(/\((\d+)\)/u.exec(text)?.[1] ?? 1);
  return { subject: "number of assertions", matcher: "plan", strength: 2, bound: count };
}

function weighMatcher(text: string): Weighed {
  const open = text.indexOf("(");
  const close = closingAt(text, open);
  const subject = splitOutside(text.slice(open + 1, close), /,/u)[0] ?? "";
  const rest = text.slice(close + 1);
  const words = splitOutside(rest, /\./u).filter((word) => word !== "");
  // A failure that is caught behind the matcher is not seen.
  if (words.some((word) => word.startsWith("catch(")))
    return { subject, matcher: "catch", strength: 0, bound: null };
  const last = words.findLast((word) => !/^(?:then|finally)\(/u.test(word)) ?? "";
  const name = /^\w*/u.exec(last)?.[0] ?? "";
  const given = argumentsOf(last);
  const isNegated = words.includes("not") || words.includes("never");
  const plain = short(name);
  const base = strengthOf(plain, given);
  if (
    /^(?:true|false|truthy|falsy|ok)$/u.test(plain) ||
    (plain === "equal" && /^(?:true|false)$/u.test(given[0] ?? ""))
  ) {
    const condition = weighCondition(subject);
    const isSharp = condition.matcher !== "truth" || condition.strength !== 1;
    if (isSharp && !isNegated) return condition;
  }
  const isEmpty =
    (isLiteral(subject) && given.every(isLiteral)) ||
    (given[0] !== undefined && given[0] === subject);
  const demanded = isNegated ? negated(plain, base) : base;
  return {
    // `expect(3).toBe(sum)` looks at the sum.
    subject: isLiteral(subject) ? (given[0] ?? subject) : subject,
    matcher: isNegated ? `not.${plain}` : plain,
    strength: isEmpty ? 0 : subject.startsWith("typeof ") ? Math.min(2, demanded) : demanded,
    bound: boundOf(plain, given),
  };
}

/** What assertion functions are called on; anything else is what they look at (`mock.assert_called()`). */
const LIBRARIES =
  /^(?:assert|require|must|self|cls|t|ctx|context|test|tap|chai|pytest|np|numpy|sinon|unittest|qt|is|a|r|c|s|suite)\b/u;

function weighFunction(text: string, open: number): Weighed {
  const path = text.slice(0, open).replace(/!$/u, "");
  const all = argumentsOf(text);
  // Go hands its `t` to each assertion; it says nothing.
  const isGo = /\.[A-Z]\w*$/u.test(path) && /^(?:t|tb|s\.T\(\))$/u.test(all[0] ?? "");
  const given = isGo ? all.slice(1) : all;
  const name = short(path.slice(Math.max(path.lastIndexOf("."), path.lastIndexOf(":")) + 1));
  const bound = boundOf(name, given);
  if (/^(?:|ok|true|assert|truthy)$/u.test(name) || /(?:^|[.:])assert$/u.test(path)) {
    const condition = weighCondition(given[0] ?? "");
    return { ...condition, bound: bound ?? condition.bound };
  }
  const receiver = path.slice(0, Math.max(0, path.lastIndexOf(".")));
  if (receiver !== "" && !LIBRARIES.test(receiver)) {
    return { subject: receiver, matcher: name, strength: strengthOf(name, given), bound };
  }
  const [first = "", second = ""] = given;
  const isTwo = given.length > 1;
  const isEmpty = isTwo
    ? first === second || (isLiteral(first) && isLiteral(second))
    : isLiteral(first);
  return {
    subject: isTwo && (isLiteral(first) || isGo) && !isLiteral(second) ? second : first,
    matcher: name,
    strength: isEmpty && name !== "fail" ? 0 : strengthOf(name, given),
    bound,
  };
}

function argumentsOf(call: string): readonly string[] {
  const open = call.indexOf("(");
  if (open < 0) return [];
  const inside = call.slice(open + 1, closingAt(call, open));
  return inside === "" ? [] : splitOutside(inside, /,/u);
}

function short(name: string): string {
  const plain = name.toLowerCase().replaceAll("_", "");
  const stem = plain
    .replace(/^(?:debugassert|propassert|assert)/u, "")
    .replace(/^(?:tohavebeen|tohave|tobe|to|have|been|be)(?=.)/u, "");
  // `toBe` is what is left of it: the same value.
  return stem === "be" || stem === "tobe" || plain === "tobe" ? "equal" : stem;
}

function strengthOf(name: string, given: readonly string[]): number {
  const known = STRENGTHS.get(name) ?? STRENGTHS.get(name.replace(/^is(?=.)/u, ""));
  const base = known ?? (given.length > 0 ? UNKNOWN.given : UNKNOWN.bare);
  const isThrow = /^(?:throws?|throwerror|raises|rejects|throwsasync)$/u.test(name);
  if (isThrow) {
    const said = given.filter((one) => !/^(?:async )?\(?[\w,]*\)?=>|^function/u.test(one));
    return said.some((one) => /^match=|^["`/]/u.test(one))
      ? 2.5
      : said.length > 0 && said[0] !== "Exception"
        ? 2
        : 1;
  }
  if (name === "property" && given.length > 1) return 2.5;
  // A value that is only described demands less than one that is written down.
  const isLoose = given.some((one) => /\b(?:expect\.any(?:thing)?|mock\.ANY|Any)\b/u.test(one));
  const isPart = given.some((one) =>
    /\bexpect\.(?:\w+Containing|stringMatching|closeTo)\b|\bapprox\(/u.test(one),
  );
  if (isLoose)
    return /^(?:expect\.anything\(\)|mock\.ANY)$/u.test(given.at(-1) ?? "")
      ? 1
      : Math.min(base, 2.25);
  return isPart ? Math.min(base, 2) : base;
}

/** What saying no to a matcher demands. */
function negated(name: string, strength: number): number {
  if (name === "called" || name === "defined") return 3;
  if (name === "throw" || name === "throwerror" || name === "throws") return 1;
  if (/^(?:null|undefined|nil|none|nan|truthy|falsy|ok|empty)$/u.test(name)) return 1;
  return strength >= 2.5 ? 1.5 : strength;
}

/** How tight it is, for matchers that allow a range. */
function boundOf(name: string, given: readonly string[]): number | null {
  const near = nearness(given.join(","));
  if (near !== null) return near;
  if (name === "closeto") return number(given[1]) ?? (given.length === 1 ? 2 : null);
  if (name === "almostequal") {
    const delta = given.find((one) => one.startsWith("delta="));
    if (delta !== undefined) return negative(number(delta));
    return number(given.find((one) => one.startsWith("places=")) ?? given[2]) ?? 7;
  }
  if (name === "indelta" || name === "inepsilon" || name === "approximately")
    return negative(number(given.at(2) ?? given.at(1)));
  if (/^(?:lessthan|lessthanorequal|below|most)$/u.test(name)) return negative(number(given[0]));
  if (/^(?:greaterthan|greaterthanorequal|above|least)$/u.test(name)) return number(given[0]);
  return null;
}

function number(text: string | undefined): number | null {
  const value = Number((text ?? "").replace(/^\w+=/u, "").replaceAll("_", ""));
  return text === undefined || text === "" || !Number.isFinite(value) ? null : value;
}

function negative(value: number | null): number | null {
  return value === null ? null : -value;
}
