import { html, type Markup, trusted } from './markup.js';

/** The text of a script or a style sheet, with its SHA-256 in base64. */
export interface Embedded {
  text: string;
  hash: string;
}

/** A whole page that makes no request and in which nothing works but its own script and styles. */
export function page({
  title,
  body,
  styles,
  script,
}: {
  title: string;
  body: Markup;
  styles: Embedded;
  script?: Embedded;
}): string {
  const policy = [
    "default-src 'none'",
    ...(script ? [`script-src 'sha256-${script.hash}'`] : []),
    `style-src 'sha256-${styles.hash}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Flowmeta">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(styles.text)}</style>
</head>
<body>
${body}${script && html`\n<script>${trusted(script.text)}</script>`}
</body>
</html>
`.markup;
}
