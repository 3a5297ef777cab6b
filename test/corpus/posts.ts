import { attachments, pair } from './attachments.js';
import type { Case, Entity, Outcome } from './case.js';

/** Texts as a server tells of them, without pictures. They are answered by how to ask. */
const texts: Readonly<Record<string, string>> = {
  nothing: '',
  'null bytes': '<p>a\0b\0#strength\x0080</p>',
  'control characters': `<p>${Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).join('x')}\x7f\x9b</p>`,
  'words written backward': '<p>\u202e\u2066gnirts\u2069\u202c \u061c\u200f#\u202estrength80</p>',
  'marks upon marks': `<p>${'Z\u0300\u0301\u0302\u0303\u0316\u0317\u0318\u0319'.repeat(2000)}</p>`,
  'half a character': '<p>\ud83c \udfa8 \ud83c</p>',
  'characters that are none': '<p>\ufffe\uffff\u{10ffff}</p>',
  'nothing that can be seen': '<p>\u200b\u200c\u200d\u2060\ufeff\u00ad</p>',
  'families of emoji': `<p>${'👩‍👩‍👧‍👦'.repeat(3000)}</p>`,
  'a megabyte of words': `<p>${'word '.repeat(200_000)}</p>`,
  'a megabyte of line breaks': '<br>'.repeat(250_000),
  'a megabyte of less-than signs': '<'.repeat(1_000_000),
  'a megabyte of entities': '&amp;'.repeat(200_000),
  'an attribute of a megabyte': `<a title="${'x'.repeat(1_000_000)}">hello</a>`,
  '20000 tags deep': `${'<b>'.repeat(20_000)}deep${'</b>'.repeat(20_000)}`,
  'lists 10000 deep': `${'<ul><li>'.repeat(10_000)}deep`,
  'tables 5000 deep': `${'<table><tr><td>'.repeat(5000)}deep`,
  'quotations 5000 deep': '<blockquote>'.repeat(5000),
  'tags that never end': '<p class="a" '.repeat(5000),
  'a comment that never ends': `<!-- ${'- '.repeat(10_000)}`,
  'a script': '<script>process.exit(1)</script><img src=x onerror=alert(1)>',
  'a style that hides': '<style>*{display:none}</style><p hidden>hello</p>',
  'entities that do not exist': '<p>&nosuch; &#0; &#x110000; &#99999999999; &amp;#35;</p>',
  '5000 mentions':
    '<span class="h-card">@<a href="https://here.example/@ada">ada</a></span> '.repeat(5000),
  '10000 hashtags': '#strength'.repeat(10_000),
  'a hashtag and 90000 spaces': `<pre>#strength${' '.repeat(90_000)}x</pre>`,
  SQL: "<p>'; DROP TABLE requests; --</p>",
  'a template': '<p>${process.exit(1)} {{7*7}} %s%s%n $(reboot) `reboot`</p>',
  JSON: '<p>{"__proto__":{"admin":true},"state":"answered"}</p>',
  'a wish to delete what never was': '<p>#delete</p>',
};

/** What is asked with two good pictures, and painted. */
const hashtags: Readonly<Record<string, string>> = {
  'a strength of 400 digits': `#strength${'9'.repeat(400)}`,
  'a strength of 400 zeros': `#strength${'0'.repeat(400)}50`,
  'a strength below nothing': '#strength-5',
  'a strength in digits of other scripts': '#strength٨٠ #strength８０',
  'a strength that is no number': '#strengthNaN #strength=Infinity #strength0x50 #strength1e9',
  'a strength of nearly nothing': '#strength0.000000001',
};

/** Other fields of the post. One that cannot be read keeps the post from being read only if nobody could answer it. */
const fields: Readonly<Record<string, readonly [Outcome, Entity]>> = {
  'a visibility that does not exist': ['sentence', { visibility: 'everybody' }],
  'sensitivity as a word': ['sentence', { sensitive: 'yes' }],
  'a warning of a megabyte': ['sentence', { spoiler_text: 'careful '.repeat(125_000) }],
  'a warning that is an object': ['sentence', { spoiler_text: { toString: 1 } }],
  'a language that does not exist': ['sentence', { language: 'x'.repeat(10_000) }],
  'a reply to a number': ['sentence', { in_reply_to_id: 17 }],
  'a reply to nobody knows what': ['sentence', { in_reply_to_id: '../../../' }],
  'a reply to itself and all': ['sentence', { in_reply_to_id: "' OR 1=1 --" }],
  'an id of 10000 digits': ['unanswerable', { id: '9'.repeat(10_000) }],
  'an id that is no number': ['unanswerable', { id: 'latest' }],
  'an id that is a path': ['unanswerable', { id: '../../../etc/passwd' }],
  'an id that asks for more': ['unanswerable', { id: '1?id=2#3' }],
  'an empty id': ['unanswerable', { id: '' }],
  'an id with null bytes': ['unanswerable', { id: '1\u00002' }],
  'an id that is a number': ['passed over', { id: 17 }],
  'no id': ['passed over', { id: null }],
  'no author': ['passed over', { account: null }],
  'an author without a name': ['passed over', { account: { id: '7' } }],
  'an author who is a list': ['passed over', { account: [] }],
  'an author who is a bot': ['passed over', { account: { id: '7', acct: 'ada', bot: true } }],
  'a text that is a number': ['passed over', { content: 42 }],
  'no text': ['passed over', { content: undefined }],
};

/** The notification around the post. */
const notifications: Readonly<Record<string, readonly [Outcome, Entity]>> = {
  'of a kind that does not exist': ['passed over', { type: 'mention\0' }],
  'of a kind that is a number': ['passed over', { type: 1 }],
  'of no post': ['passed over', { status: null }],
  'of a post that is a list': ['passed over', { status: [] }],
  'of a post that is a word': ['passed over', { status: 'gone' }],
  'with an id of 10000 digits': ['sentence', { id: '9'.repeat(10_000) }],
  'with an id that is a number': ['passed over', { id: 12 }],
  'with no id': ['passed over', { id: null }],
  'of the 50th of May': ['sentence', { created_at: '2024-05-50T99:99:99Z' }],
  'of the year 275760': ['sentence', { created_at: '+275760-09-13T00:00:00.000Z' }],
  'of a date that is a number': ['passed over', { created_at: 1e308 }],
};

export function posts(): readonly Case[] {
  return [
    ...Object.entries(texts).map(([name, content]): Case => {
      return { name: `text: ${name}`, outcomes: ['sentence'], status: () => ({ content }) };
    }),
    ...Object.entries(hashtags).map(([name, text]): Case => ({
      name: `text: ${name}`,
      outcomes: ['picture'],
      status: (pictures) => ({ content: `<p>${text}</p>`, media_attachments: pair(pictures) }),
    })),
    ...attachments,
    ...Object.entries(fields).map(([name, [outcome, status]]): Case => {
      return { name: `post: ${name}`, outcomes: [outcome], status: () => status };
    }),
    ...Object.entries(notifications).map(([name, [outcome, notification]]): Case => {
      return { name: `notification: ${name}`, outcomes: [outcome], notification };
    }),
  ];
}
