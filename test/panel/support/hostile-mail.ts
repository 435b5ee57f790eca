/** A mail with all that a page must not do for it: scripts, forms, pictures from elsewhere, a program among its parts. */

const html = `<html><body><table width="600"><tr><td><h1>Parcel Service</h1>
<p>Your parcel could not be delivered.</p>
<img src="https://tracker.example/pixel.gif" alt="a parcel"><img src="http://cdn.example/logo.png">
<div style="background:url(https://css.example/x.png)">Pay</div>
<p><a href="https://evil.example/pay">Pay 1.99 now</a></p>
<script>parent.document.title = 'owned'; fetch('https://evil.example/x');</script>
<form action="https://evil.example/f"><input name="p"><button>Go</button></form>
<iframe src="https://evil.example/frame"></iframe></td></tr></table></body></html>`;

const text = `Hello,

your parcel could not be delivered.

> Where is my parcel?

Kind regards`;

const part = (type: string, name: string): string =>
  `Content-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\n` +
  'Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAA=\r\n';

/** One that has nothing to hide. */
export const plainMail = (subject: string, from: string): Buffer =>
  Buffer.from(
    [
      `From: ${from}`,
      'To: you@demo.test',
      `Subject: ${subject}`,
      `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
      'Message-ID: <hello@good.example>',
      '',
      'A line.',
      '',
    ].join('\r\n'),
  );

export function hostileMail(subject: string, from: string): Buffer {
  const lines = [
    `From: "Parcel Service" <${from}>`,
    'To: you@demo.test',
    `Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    'Message-ID: <parcel@spam.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="outer"',
    '',
    '--outer',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--inner--',
    '--outer',
    part('application/octet-stream', 'invoice.pdf.exe'),
    '--outer',
    part('application/pdf', 'terms.pdf'),
    '--outer--',
    '',
  ];
  return Buffer.from(lines.join('\r\n').replace(/\r?\n/g, '\r\n'));
}
