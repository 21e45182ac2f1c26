/** Characters that change the direction of the text around them (UAX #9, "Directional Formatting Characters"). */
const DIRECTIONS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** Somebody's name, fit to stand inside a text of ours: what would turn that text around is left out. */
export const withoutDirections = (text: string): string => text.replace(DIRECTIONS, "")

/** JSON for a person: what would turn its text around is written as an escape, which reads as the same value. */
export const jsonText = (value: unknown, indent = 2): string =>
  JSON.stringify(value, null, indent).replace(
    DIRECTIONS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
