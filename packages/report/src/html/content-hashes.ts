/**
 * What the page's policy allows to run and to style it: SHA-256 of `script` and `styles`, base64. A test compares them with
 * the texts and says the new value after a change.
 */
export const scriptHash = '+3yl5FR6N4IE7FkPC859eegwNfAzXDZYS5B9ew861qM=';
export const stylesHash = 'rp4wYr8QRSkq98KOhFRNWpILAhWFET1/I9+zyybcEjg=';
