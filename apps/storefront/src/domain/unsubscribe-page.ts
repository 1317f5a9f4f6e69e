import type { Locale } from './locale.js';

/** What the page says: it asks, it is done, or no mail came with this address. */
export type UnsubscribePage = 'asked' | 'done' | 'unknown';

type Words = { readonly title: string; readonly button: string } & Readonly<Record<UnsubscribePage, string>>;

const words: Readonly<Record<Locale, Words>> = {
  en: {
    title: 'Unsubscribe',
    button: 'Unsubscribe',
    asked: 'Do you want no more mails like the one that brought you here?',
    done: 'Done: you get no more mails of this kind. Your account can ask for them again.',
    unknown: 'This address belongs to no mail of ours. Please use the whole link of the mail.',
  },
  de: {
    title: 'Abbestellen',
    button: 'Abbestellen',
    asked: 'Möchten Sie keine E-Mails mehr wie die, mit der Sie hierher gekommen sind?',
    done: 'Erledigt: Sie bekommen keine E-Mails dieser Art mehr. In Ihrem Konto können Sie sie wieder bestellen.',
    unknown: 'Diese Adresse gehört zu keiner unserer E-Mails. Bitte verwenden Sie den ganzen Link der E-Mail.',
  },
  fr: {
    title: 'Se désabonner',
    button: 'Se désabonner',
    asked: 'Ne plus recevoir d’e-mails comme celui qui vous a amené ici ?',
    done: 'C’est fait : vous ne recevrez plus d’e-mails de ce type. Votre compte peut les redemander.',
    unknown: 'Cette adresse ne correspond à aucun de nos e-mails. Veuillez utiliser le lien entier de l’e-mail.',
  },
};

const style =
  'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.6rem 1.2rem}';

/** A page of HTML without a script. Every word of it is ours: nothing of the request is in it, and its button sends to the address it was shown at. */
export function unsubscribePage(page: UnsubscribePage, locale: Locale): string {
  const { title, button, [page]: text } = words[locale];
  const form = `<form method="post"><button name="List-Unsubscribe" value="One-Click">${button}</button></form>`;
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – Tandem</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
${page === 'asked' ? form : ''}
</main>
</body>
</html>
`;
}
