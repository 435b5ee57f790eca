/**
 * The words that sealed parts of events are made of, for deflate to refer to: sealed decisions shrink to half of what they
 * would be without it. What is sealed can only be opened with the dictionary it was sealed with, so this one never
 * changes; a better one gets a codec number of its own. The likeliest words stand last, where references are shortest.
 */

const answers =
  '"status":"no-data"}"status":"failed","message":"records":["127.0.0.2"]"status":"found","records":["' +
  'zen.spamhaus.org","question":"bl.spamcop.net","psbl.surriel.com","list.dnswl.org","answer":{"status":"no-name"}},{"zone":"';

const parts =
  '"sniffedType":"application/octet-stream"application/pdf"application/zip"image/png"image/jpeg"text/html","text/plain","disposition":"attachment","encrypted":false';

const authentication =
  '"algorithm":"ed25519-sha256""algorithm":"rsa-sha256","keyBits":2048"selector":"{"signatures":[{"result":"fail","comment":"none","neutral",' +
  '"softfail","permerror","temperror","policy":"reject","quarantine","organizationalDomain":"dkimAlignment":"relaxed","spfAlignment":"relaxed",' +
  '"status":"found"},"spfAligned":true,"dkimAligned":false"record":{"fromDomain":"recordDomain":"{"result":"pass","domain":"","record":"v=spf1 include:_spf. ip4: -all ~all"';

const header =
  '{"counts":{"date":1,"from":1,"to":1,"cc":1,"sender":1,"references":1,"in-reply-to":1,"subject":1,"message-id":1,"reply-to":1},' +
  '"date":"Mon, Tue, Wed, Thu, Fri, Sat, Sun, +0000"';

const facts =
  '"skipped","why":"private-client"},"error","message":"not-configured"}},"virus":{"status":"attachment":{"status":"observed","fact":{"parts":[]}},' +
  '"header-loop":{"status":"observed","fact":{"hops":"header-required":{"status":"observed","fact":{"dmarc":{"status":"observed","fact":{' +
  '"dkim":{"status":"observed","fact":{"spf":{"status":"observed","fact":{"recipient-valid":{"status":"observed","fact":{}},' +
  '"sender-list":{"status":"observed","fact":{"sender":"","from":""}},"helo-syntax":{"status":"observed","fact":{"helo":""}},' +
  '"dnsbl":{"status":"observed","fact":{"answers":[{"zone":""fcrdns":{"status":"observed","fact":{"names":[""ip-list":{"status":"observed","fact":{"ip":""}},';

const delivery = '{"recipients":["@"],"response":"250 2.0.0 Ok: queued as "}';

const mail =
  '{"envelope":{"ip":"","helo":"mail.","sender":"","recipients":["@"],"tls":"TLSv1.3"},"facts":{},' +
  '"summary":{"subject":"Re: ","from":"","messageId":"<@>","attachmentNames":[],"excerpt":""}}';

export const eventDictionary: Buffer = Buffer.from(
  answers + parts + authentication + header + facts + delivery + mail,
);
