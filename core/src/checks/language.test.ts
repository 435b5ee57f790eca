/** Which language a text is in, and what a domain makes of it. */
import { describe, expect, it } from 'vitest';
import { guessLanguage } from '../message/language.ts';
import { concluded, gathered } from './check-specification.ts';
import { language } from './language.ts';

const texts: Readonly<Record<string, string>> = {
  en: 'Dear customer, we have received your order and it will be sent to you on Monday. If you have any questions, please write to us.',
  de: 'Sehr geehrte Damen und Herren, wir haben Ihre Bestellung erhalten und sie wird am Montag mit der Post an Sie geschickt.',
  fr: 'Bonjour, nous avons bien reçu votre commande et elle sera envoyée dans les prochains jours. Merci pour votre confiance.',
  es: 'Estimado cliente, hemos recibido su pedido y se lo enviaremos el lunes por la mañana con el resto de los productos.',
  pt: 'Prezado cliente, recebemos o seu pedido e ele será enviado na segunda-feira. Se você não o fez, entre em contato com a loja.',
  it: 'Gentile cliente, abbiamo ricevuto il suo ordine e sarà spedito lunedì. Per non perdere le novità si iscriva alla lista della casa.',
  nl: 'Beste klant, wij hebben uw bestelling ontvangen en het pakket wordt op maandag naar u verzonden. Dat is niet voor iedereen.',
  sv: 'Hej, vi har tagit emot din beställning och den kommer att skickas på måndag. Du kan inte ändra det som är betalt.',
  pl: 'Dzień dobry, otrzymaliśmy zamówienie i zostanie ono wysłane w poniedziałek. Nie jest to nic, co by się nie dało zmienić.',
  tr: 'Merhaba, siparişiniz bize ulaştı ve pazartesi günü size gönderilecek. Bu bir bilgi mesajı olarak çok daha kısa.',
  ru: 'Здравствуйте, мы получили ваш заказ, и он будет отправлен в понедельник. Если это не так, напишите на почту.',
  uk: 'Добрий день, ми отримали ваше замовлення, і воно буде відправлене в понеділок. Якщо це не так, то напишіть до нас, що є.',
  ja: 'お客様のご注文を承りました。月曜日に発送いたします。ご質問がございましたらご連絡ください。',
  zh: '尊敬的客户，我们已经收到您的订单，将于星期一发货。如果您有任何问题，请与我们联系。',
  ko: '안녕하세요 고객님, 주문이 접수되었으며 월요일에 발송될 예정입니다. 감사합니다.',
  ar: 'عزيزي العميل، لقد تلقينا طلبك وسيتم إرساله يوم الاثنين. شكرا لك على ثقتك بنا.',
  el: 'Αγαπητέ πελάτη, λάβαμε την παραγγελία σας και θα σταλεί τη Δευτέρα.',
};

describe('the language of a text', () => {
  it.each(Object.entries(texts))('%s', (code, text) => {
    expect(guessLanguage(text)[0]?.language).toBe(code);
    expect(guessLanguage(text)[0]?.share).toBeGreaterThanOrEqual(0.4);
  });

  it.each([
    '',
    'OK!',
    'https://the.example/and/of/to',
    '12345 67890',
    'Lorem ipsum dolor sit amet consectetur',
  ])('is not told of “%s”', (text) => {
    expect(guessLanguage(text)).toEqual([]);
  });
});

describe('language', () => {
  const judgeText = (text = '', settings: object = {}) =>
    concluded(language, { message: { subject: '', text }, settings });

  it('has nothing to say of a short text', async () => {
    expect(await gathered(language, { message: { subject: 'Hi', text: 'See you' } })).toEqual({
      status: 'nothing',
    });
  });

  it('only tells the language where every one is read', async () => {
    expect(await judgeText(texts['de'])).toMatchObject({ result: 'none' });
  });

  it('fails a text in a language that nobody reads, whatever the region', async () => {
    const settings = { accepted: ['en', 'de-AT'] };
    expect(await judgeText(texts['de'], settings)).toMatchObject({ result: 'pass' });
    expect(await judgeText(texts['ru'], settings)).toMatchObject({
      result: 'fail',
      reason: 'language-foreign',
    });
  });
});
