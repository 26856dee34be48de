/** What a text may hold without being seen, or to make its neighbours look like something else: control and format characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\u3164\uffa0]/gu;

/** The text with every such character spelt out as JSON spells it. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** White space as signs: a space, a tab, the ends of lines. Everything else that hides, as `visible` has it. */
export function visibleSpace(text: string): string {
  return visible(text.replaceAll(" ", "␣").replaceAll("\t", "⇥").replace(/\r\n|\r|\n/g, "↵"));
}

/** The beginning and the end of a text that is too long to be read, with what lies between counted. */
export function shortened(text: string, most: number): { head: string; left: number; tail: string } {
  if (text.length <= most) return { head: text, left: 0, tail: "" };
  const tail = Math.floor(most / 8);
  return { head: text.slice(0, most - tail), left: text.length - most, tail: text.slice(-tail) };
}
