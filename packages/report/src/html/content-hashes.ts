/**
 * What the page's policy allows to run and to style it: SHA-256 of `script`, `lineageScript` and `styles`, base64. A test compares them with
 * the texts and says the new value after a change.
 */
export const scriptHash = 'eBzt7RRf6I45azriED9CHj/N0x1aZB8H/M8iXhDUMyM=';
export const lineageScriptHash = 'pQ7ggeeJWsp2CAAdGJRdFMoB/oAxhHgnLVHziHm68Qc=';
export const stylesHash = 'ntOjNBsS2cvQrxMzG08J02pA1PT3RfY6GtFS2Nwq1HM=';
