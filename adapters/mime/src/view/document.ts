/** The page around a mail's sanitised HTML: light, readable, and shut by a policy of its own even where a header is lost. */

const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

const looks = `:root{color-scheme:light}
html{background:#fff}
body{margin:0;padding:16px;background:#fff;color:#1f2328;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
img{max-width:100%!important;height:auto!important}
table{max-width:100%}
pre,.plain{white-space:pre-wrap}
blockquote{margin:0 0 0 8px;padding:0 0 0 12px;border-left:3px solid #d0d7de}
.next{margin:24px 0;border:0;border-top:1px solid #d0d7de}`;

/** `pieces`: sanitised HTML, one for each part of the mail that is shown. */
export const documentOf = (pieces: readonly string[]): string =>
  `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mail</title>
<style>${looks}</style>
</head>
<body>
${pieces.map((piece) => `<div>${piece}</div>`).join('\n<hr class="next">\n')}
</body>
</html>
`;

/** Plain text between HTML parts. */
export const plainPiece = (text: string): string => `<div class="plain">${escaped(text)}</div>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
