/** Wraps a piece of text in the terminal's codes for a colour; those of `picocolors` fit. */
export interface TextColours {
  bold: (text: string) => string;
  dim: (text: string) => string;
  green: (text: string) => string;
  yellow: (text: string) => string;
  red: (text: string) => string;
}

/** No colours. */
export const plain: TextColours = {
  bold: (text) => text,
  dim: (text) => text,
  green: (text) => text,
  yellow: (text) => text,
  red: (text) => text,
};
