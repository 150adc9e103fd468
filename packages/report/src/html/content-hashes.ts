/**
 * What the page's policy allows to run and to style it: SHA-256 of `script`, `lineageScript` and `styles`, base64. A test compares them with
 * the texts and says the new value after a change.
 */
export const scriptHash = 'Xx+3ggiFoQd+8GUOkvHoQEf7zCf7viVtU0uH7B9d6po=';
export const lineageScriptHash = 'A4KsnJULeCOyDrgV5AqEzwhG9dCTEXzVzjsWjwmWtr4=';
export const stylesHash = 'lqGPiN6BZQi+ahJwMbDIwRV574Bewg7J4cfQwaMVcvo=';
