/** Names of companies that are often imitated, and the domain labels from which they truly write. */
import { skeleton } from '../message/confusables.ts';

export interface Brand {
  readonly name: string;
  /** Registrable domains without their public suffix: `amazon` stands for amazon.com, amazon.de and amazon.co.uk. */
  readonly labels: readonly string[];
}

/** `Name: labels`; the name's own letters are a label too. Words that are also ordinary names of people are left out. */
const written = `
PayPal: paypal paypal-communication paypalcorp
Amazon: amazon amazonaws amazonses primevideo audible
Microsoft: microsoft microsoftonline office365 outlook live office azure xbox sharepointonline onmicrosoft
Netflix: netflix
DHL: dhl deutschepost dpdhl
FedEx: fedex
UPS: ups upsemail
USPS: usps
DPD: dpd dpdgroup
Facebook: facebook facebookmail fb meta metamail
Instagram: instagram facebookmail
WhatsApp: whatsapp facebookmail
LinkedIn: linkedin
DocuSign: docusign
Dropbox: dropbox dropboxmail
Coinbase: coinbase
Binance: binance
MetaMask: metamask consensys
Trust Wallet: trustwallet
Ledger: ledger
iCloud: apple icloud
Apple ID: apple icloud
Apple Support: apple icloud
Google: google youtube gmail googlemail blogger
eBay: ebay
American Express: americanexpress aexp
Bank of America: bankofamerica bofa
Wells Fargo: wellsfargo
HSBC: hsbc
Barclays: barclays
Santander: santander
Sparkasse: sparkasse
Postbank: postbank
Commerzbank: commerzbank
Norton: norton nortonlifelock lifelock gendigital
McAfee: mcafee
GeekSquad: bestbuy geeksquad
Spotify: spotify
Adobe: adobe adobesign echosign
WeTransfer: wetransfer
Telekom: telekom t-online t-mobile
`;

interface KnownBrand extends Brand {
  readonly skeleton: string;
}

const brands: readonly KnownBrand[] = written
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', labels = ''] = line.split(':');
    return { name, labels: labels.trim().split(' '), skeleton: skeleton(name) };
  });

/** The brand that a name (as a skeleton) begins with as a whole word; undefined if none. */
export const brandNamed = (name: string): Brand | undefined =>
  brands.find((brand) => name === brand.skeleton || name.startsWith(`${brand.skeleton} `));
