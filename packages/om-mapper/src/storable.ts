/** The text with a replacement character for what no catalog's database takes: NUL, and halves of a character. */
export const storable = (text: string): string => text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
