/** The language of a text: by its script where one tells, else by the small words that every text of a language is full of. */

/** A language's share of what was recognised. */
export interface LanguageGuess {
  /** BCP 47 primary subtag, such as `de`; for a script that several share without small words: `und-` and the script. */
  readonly language: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** Characters that are looked at. */
const maxLooked = 3_000;
/** Words of a text that have to be known, at least, before anything is said. */
const minHits = 4;
/** What has less is an accident of words that languages share. */
const minShare = 0.1;

/** Scripts that stand for one language each; Han without kana is Chinese. */
const scripts: readonly (readonly [pattern: RegExp, language: string])[] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, 'ja'],
  [/\p{Script=Hangul}/gu, 'ko'],
  [/\p{Script=Han}/gu, 'zh'],
  [/\p{Script=Thai}/gu, 'th'],
  [/\p{Script=Greek}/gu, 'el'],
  [/\p{Script=Hebrew}/gu, 'he'],
  [/\p{Script=Armenian}/gu, 'hy'],
  [/\p{Script=Georgian}/gu, 'ka'],
  [/\p{Script=Devanagari}/gu, 'hi'],
  [/\p{Script=Bengali}/gu, 'bn'],
  [/\p{Script=Tamil}/gu, 'ta'],
  [/\p{Script=Arabic}/gu, 'ar'],
];

/** The commonest small words of a language, and letters that hardly another of its script has. */
const smallWords: Readonly<Record<string, string>> = {
  en: 'the and of to in is you that it for on are with as this be your have from or we not can will our by if an at was',
  de: 'der die und das ist nicht sie ein eine mit den auf für von zu dem des im werden sich auch wir ihre ihr oder wird haben bei sind aus als',
  fr: 'le la les des et vous est une pour dans que qui pas votre nous sur avec ce au du sont par plus être cette ou vos en il',
  es: 'el la los las que de y en un una es para con por su se del no como más este esta al lo sus le nos está',
  pt: 'o os as que de e em um uma para com não por seu sua você do da dos das no na mais ao se como está são',
  it: 'il lo gli che di e un una per non con del della sono è in più questo questa al nel dei delle si le ci come da',
  nl: 'de het een en van ik te dat die in je niet zijn op aan met voor u uw om ook er maar wordt bij naar we als',
  sv: 'och att det som en på är av för den med till inte du har om ett vi din eller kan från så men hos',
  da: 'og det at en den til er som på de med han af for ikke der var et har jeg du din eller kan fra vi hvis',
  no: 'og det at en er som på for med til av ikke jeg du har om et vi din eller kan fra deg dere så hvis',
  fi: 'ja on ei että se hän oli joka mutta kun niin tai voi sinun olet ovat myös sekä jos ole tämä kanssa mitä',
  pl: 'i w nie na to się z do że jest o jak co po przez od za dla są oraz lub tym twoje aby czy być',
  cs: 'a se na je že v to s z do o pro jako nebo si ale za by jsou vaše po při od která jste byl až',
  hu: 'a az és hogy nem is egy ez ha van meg de csak azt vagy már mint kell ön még volt lehet el minden',
  ro: 'și de la în nu cu pe care să este un o din pentru mai sau ce ca fi sunt dumneavoastră acest prin dar',
  tr: 've bir bu için ile de da çok ne olarak daha gibi en var olan sizin ya her kadar veya değil size mi',
  id: 'yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena atau anda adalah kami bisa',
  vi: 'của và là có không được cho các một trong người này với những đã bạn để từ khi cũng nếu',
  ru: 'и в не на что с по как это он вы для от за но из у же мы так если или вас ваш бы его все',
  uk: 'і в не на що з як це до та за він ви для від але або ми так якщо ваш його є у при те ще',
  bg: 'и на да се от за не в е са с че по това като до или ви вашия ще при но които има как',
  sr: 'и да је у се на не за су то од са као али што или ви које може бити ако само',
};

const wordLists: ReadonlyMap<string, readonly string[]> = languagesByWord();

function languagesByWord(): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [language, words] of Object.entries(smallWords)) {
    for (const word of new Set(words.split(' '))) map.set(word, [...(map.get(word) ?? []), language]);
  }
  return map;
}

/** The likeliest languages, likeliest first, three at most; empty where the text is too short or too strange to say. */
export function guessLanguage(text: string): readonly LanguageGuess[] {
  const plain = text
    .slice(0, maxLooked)
    .replace(/<?(?:https?:\/\/|www\.)\S+|\S+@\S+/giu, ' ')
    .toLowerCase();
  const isPlainAscii = !/[^\x20-\x7e\s]/.test(plain);
  const letters = plain.replace(isPlainAscii ? /[^a-z]+/g : /\P{L}+/gu, '').length;
  if (letters < 20) return [];
  // The tables of Unicode are slow, and most mail does not need them.
  return isPlainAscii
    ? byWords(plain.split(/[^a-z]+/))
    : (byScript(plain, letters) ?? byWords(plain.split(/[^\p{L}\p{M}]+/u)));
}

function byScript(text: string, letters: number): readonly LanguageGuess[] | undefined {
  // Most mail needs no look at other scripts.
  if (!/[\u0370-\u03ff\u0530-\uffff]/u.test(text)) return undefined;
  for (const [pattern, language] of scripts) {
    const share = (text.match(pattern)?.length ?? 0) / letters;
    // Japanese is mostly Han, with kana between.
    if (share > (language === 'ja' ? 0.1 : 0.4)) return [{ language, share: round(Math.min(1, share)) }];
  }
  return undefined;
}

/** Each known word is shared by the languages that have it; a word of one language alone says most. */
function byWords(words: readonly string[]): readonly LanguageGuess[] {
  const points = new Map<string, number>();
  let hits = 0;
  for (const word of words) {
    const languages = wordLists.get(word);
    if (languages === undefined) continue;
    hits += 1;
    for (const one of languages) points.set(one, (points.get(one) ?? 0) + 1 / languages.length);
  }
  if (hits < minHits) return [];
  const total = [...points.values()].reduce((sum, some) => sum + some, 0);
  return [...points]
    .map(([language, some]) => ({ language, share: round(some / total) }))
    .filter(({ share }) => share >= minShare)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 3);
}

const round = (share: number): number => Math.round(share * 100) / 100;
