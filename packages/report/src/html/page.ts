import { stylesHash } from './content-hashes.js';
import { html, type Markup, trusted } from './markup.js';
import { styles } from './styles.js';

/** A whole page that makes no request and in which nothing works but its own script and styles. */
export function page({
  title,
  body,
  script,
  scriptHash,
}: {
  title: string;
  body: Markup;
  script: string;
  scriptHash: string;
}): string {
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}'`,
    `style-src 'sha256-${stylesHash}'`,
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
<style>${trusted(styles)}</style>
</head>
<body>
${body}
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}
