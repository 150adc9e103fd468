/** What the page's policy allows to style it: SHA-256 of `styles`, base64. A test says the new value after a change. */
export const stylesHash = '2+Tbs0lJ8HKmfqqm4UAceRhvRbchpXrTteHMHATVZ58=';
