import type { StateCheckJson } from "../api/state-checks-json.ts";

export function fine(name: string, words: string): StateCheckJson {
  return { name, result: "fine", words, means: "", mend: "", fixable: false, fixed: false };
}

/** As it may be, and worth knowing. */
export function note(name: string, words: string, mend: string): StateCheckJson {
  return { name, result: "note", words, means: "", mend, fixable: false, fixed: false };
}

/** Something does not fit. */
export function off(name: string, words: string, means: string, mend: string): StateCheckJson {
  return { name, result: "off", words, means, mend, fixable: false, fixed: false };
}
