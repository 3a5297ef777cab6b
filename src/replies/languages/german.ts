import type { Problem } from '../../queue/states.js';
import type { Settings } from '../../requests/parameters.js';
import type { Note, QuotaReached, Refusal } from '../../requests/request.js';
import type { AltText, Catalogue } from '../catalogue.js';

const HOW_TO =
  'Erwähne mich mit zwei Bildern, erst einem Foto und dann einem Gemälde, und ich male das Foto im Stil des Gemäldes neu.';

const qualities: Readonly<Record<Settings['quality'], string>> = {
  draft: 'als Entwurf',
  normal: 'in normaler Qualität',
  fine: 'in feiner Qualität',
};

export const german: Catalogue = {
  language: 'de',

  painted: [
    'Hier ist dein Bild',
    'Dein Bild ist fertig',
    'Bitte sehr',
    'Frisch von der Staffelei',
    'Die Farbe ist noch feucht',
  ],
  dreamt: ['Hier ist der Traum', 'Ich habe lange hingesehen und das gesehen', 'Schöne Träume'],
  sheet: (strengths, scales, facts) =>
    `${['Hier ist ein Bogen zum Aussuchen', ...facts].join(', ')}. Von links nach rechts: ${list(strengths.map((n) => `#strength${n}`))}; von oben nach unten: ${list(scales.map((n) => `#scale${n}`))}. Antworte mit je einem davon, etwa #strength${strengths[2] ?? 75} #scale${scales[0] ?? 50}.`,
  facts: {
    strength: (value) => `Stärke ${value}`,
    scale: (value) => `Pinselstrich bei ${value} %`,
    size: (value) => `${value} Pixel`,
    colors: (value) =>
      value === 'keep' ? 'in den Farben des Fotos' : 'in den Farben des Gemäldes',
    blend: (weights) => `gemischt ${weights.map(number).join(' zu ')}`,
    faces: (value) =>
      value === 'off' ? 'ohne Rücksicht auf Gesichter' : 'mit Rücksicht auf Gesichter',
    quality: (value) => qualities[value],
    seed: (value) => `Seed ${value}`,
  },
  patterns: (scale) => `Muster bei ${scale} %`,
  ownStyle: (title) => `im Stil von „${title}“ aus meiner eigenen Sammlung`,
  sensitive: 'Vorsichtshalber habe ich es als heikel markiert.',

  wishes: {
    'more paint': 'mehr Malerei',
    'more photo': 'mehr vom Foto',
    'broader strokes': 'breitere Pinselstriche',
    'finer strokes': 'feinere Pinselstriche',
    'deeper dream': 'einen tieferen Traum',
    'lighter dream': 'einen leichteren Traum',
    'larger patterns': 'größere Muster',
    'smaller patterns': 'kleinere Muster',
    'own colors': 'die Farben des Fotos',
    'painting’s colors': 'die Farben des Gemäldes',
    swap: 'die beiden andersherum',
    variations: 'einen Bogen zum Aussuchen',
    dream: 'einen tiefen Traum',
    again: 'andere Pinselstriche',
    'house style': 'eines meiner Gemälde',
  },
  next: (hints) =>
    `Antworte mit ${hints.map(({ hashtag, wish }) => `${hashtag} für ${wish}`).join(' oder mit ')}.`,

  note,
  refusal,
  quota: (reached, wait) => `${quotaReached(reached)} Bitte frag in etwa ${wait} noch einmal.`,
  badPicture: (which, problem) =>
    `Ich konnte das ${which === 'photo' ? 'Foto' : 'Gemälde'} nicht verwenden: ${problems[problem]}`,
  failed:
    'Es tut mir leid, dieses Bild ist nichts geworden, und das liegt an mir, nicht an dir. Bitte versuch es später noch einmal.',

  help: (tuned, asked) =>
    `${HOW_TO} Mit nur einem Bild geht #style oder #dream. So stellst du es ein: ${tuned.join(', ')}. Außerdem gibt es: ${asked.join(', ')}. Antworte auf ein Bild von mir, um es zu ändern. #help und ein Hashtag sagt mehr.`,
  briefHelp: (tuned, asked) =>
    `Erwähne mich mit Foto und Gemälde. Mit einem Bild geht #style oder #dream. Zum Einstellen: ${tuned.join(' ')}. Außerdem: ${asked.join(' ')}. #help und ein Hashtag sagt mehr.`,
  about: {
    strength: 'wie viel Malerei, von 0 (das Foto) bis 100 (ganz Malerei)',
    scale: 'wie groß der Pinselstrich ist, etwa 50 (fein) oder 200 (breit)',
    size: 'die längste Seite des Ergebnisses; ein Panorama über 4:1 wird länger',
    colors: 'die Farben des Fotos behalten (keep) oder mit denen des Gemäldes malen (paint)',
    blend: 'wie viel jedes Gemälde zählt, wenn es mehrere sind',
    faces: 'ob Gesichter im Foto mit mehr Sorgfalt gemalt werden, sodass man sie wiedererkennt',
    quality: 'draft ist ein schneller Blick, fine nimmt sich Zeit',
    seed: 'eine andere Zahl gibt andere Pinselstriche; dieselbe gibt dasselbe Bild noch einmal',
    style: 'ein Gemälde von mir, mit Namen oder irgendeines; wenn du nur ein Foto hast',
    dream: 'ein tiefer Traum von einem Bild, ohne Gemälde',
    variations: 'ein Bogen mit mehreren Stärken und Pinselgrößen zum Aussuchen',
    swap: 'die Bilder andersherum',
    again: 'dasselbe noch einmal, mit anderen Pinselstrichen',
    more: 'dasselbe mit mehr Malerei',
    less: 'dasselbe mit weniger Malerei',
    help: 'wie das alles geht',
    status: 'wo deine Bilder in der Schlange sind',
    cancel: 'damit nehme ich heraus, was du bestellt hast: alles, oder das, worauf du antwortest',
    delete: 'als Antwort auf ein Bild von dir: ich entferne es',
  },
  costs: {
    size: 'doppelt so groß dauert etwa dreimal so lange',
    quality: 'draft braucht ein Viertel der Zeit, fine doppelt so viel',
    dream: 'er braucht die halbe Zeit eines Gemäldes',
    variations: 'der ganze Bogen dauert etwa so lange wie ein Bild',
  },
  range: (values, byDefault) =>
    `Möglich ist ${values}${byDefault === '' ? '' : `; wenn du nichts sagst, gilt ${byDefault}`}.`,
  yourNumber: 'eine Zahl für jedes Gemälde, etwa 70 30',
  oneOf: (values) => list(values, 'oder'),
  pixels: (range) => `${range} Pixel`,

  standing: ({ waiting, next, isBeingPainted, isPaused }, wait) => {
    if (waiting === 0 || next === undefined)
      return 'Im Moment wartet nichts von dir. Erwähne mich mit einem Foto und einem Gemälde, und ich mache mich an die Arbeit.';
    const yours = waiting === 1 ? 'Dein Bild' : `Du hast ${waiting} Bilder bestellt, und das erste`;
    if (isBeingPainted) return `${yours} wird gerade gemalt. Es ist wohl in etwa ${wait} fertig.`;
    const where =
      next.ahead === 0
        ? 'ist als Nächstes dran'
        : `ist die Nummer ${next.ahead + 1} in der Schlange`;
    const when = isPaused
      ? 'Ich mache gerade Pause und male danach weiter.'
      : `Es ist wohl in etwa ${wait} fertig.`;
    return `${yours} ${where}. ${when}`;
  },
  cancelled: (count) => {
    if (count === 0)
      return 'Von dir hat nichts gewartet, also war auch nichts zurückzunehmen. Um ein fertiges Bild entfernen zu lassen, antworte darauf mit #delete.';
    return `In Ordnung, ich habe ${count === 1 ? 'dein Bild' : `deine ${count} Bilder`} aus der Schlange genommen. Du kannst jederzeit wieder fragen.`;
  },

  interim: 'Danke, das male ich!',
  place: ({ ahead }, wait) => {
    const turn = ahead === 0 ? 'Du bist dran' : `Du bist die Nummer ${ahead + 1} in der Schlange`;
    return `${german.interim} ${turn}, und dein Bild ist wohl in etwa ${wait} fertig.`;
  },
  minutes: (count) => (count === 1 ? 'einer Minute' : `${count} Minuten`),
  hours: (count) => (count === 1 ? 'einer Stunde' : `${count} Stunden`),

  altText,
};

function note(note: Note): string {
  switch (note.type) {
    case 'clamped': {
      const { parameter, given, used, min, max } = note;
      const range = `#${parameter} geht von ${min} bis ${max}`;
      return given < min || given > max
        ? `${range}, also habe ich ${used} statt ${number(given)} genommen.`
        : `${range} in ganzen Schritten, also habe ich ${used} statt ${number(given)} genommen.`;
    }
    case 'no such value':
      return `#${note.parameter} „${note.written}“ kenne ich nicht, das habe ich weggelassen.`;
    case 'read as':
      return `#${note.written} habe ich als #${note.meant} gelesen.`;
    case 'did you mean':
      return `#${note.written} kenne ich nicht; meinst du #${note.meant}?`;
    case 'at the end':
      return `Über Stärke ${note.strength} hinaus geht es nicht.`;
    case 'too many paintings':
      return `Ich mische höchstens ${note.used} Gemälde, also habe ich die ersten ${note.used} genommen.`;
    case 'no such style':
      return `Ein Gemälde namens „${note.written}“ habe ich nicht; meine heißen ${list(note.names)}.`;
    case 'blend':
      return note.paintings === 1
        ? 'Es war nur ein Gemälde, also gab es nichts zu mischen.'
        : `Für ${note.paintings} Gemälde braucht #blend ${note.paintings} Zahlen, also zählen alle gleich.`;
    case 'one picture dreams':
      return 'Ein Traum braucht nur ein Bild, also habe ich das erste genommen.';
  }
}

function refusal(refusal: Exclude<Refusal, QuotaReached>): string {
  switch (refusal.type) {
    case 'no pictures':
      return `Hallo! ${HOW_TO} Mit #strength80 wird es mehr Malerei, mit #strength20 mehr Foto; #help sagt den Rest.`;
    case 'no photo':
      return 'Welches Bild soll es sein? Bitte sag das noch einmal, zusammen mit einem Foto.';
    case 'one picture':
      return 'Das ist ein Bild, und ich brauche zwei. Antworte mit einem Gemälde, oder mit #style für eines von meinen, oder mit #dream, dann träume ich davon.';
    case 'not pictures':
      return `Ich kann nur Standbilder malen, und einer deiner Anhänge ist etwas anderes. ${HOW_TO}`;
    case 'foreign pictures':
      return 'Diese Bilder sind von jemand anderem, und ich male nur, was du selbst postest. Bitte erwähne mich mit eigenen Bildern.';
    case 'private picture':
      return 'Dieses Bild ist für jemand anderen gemalt, und nur wer es wollte, kann es ändern lassen. Bitte erwähne mich mit eigenen Bildern.';
    case 'nothing to delete':
      return 'Um ein Bild von dir entfernen zu lassen, antworte darauf mit #delete. Das hier war keine Antwort auf eines von dir.';
    case 'forgotten':
      return 'Das ist so lange her, dass ich die Bilder nicht mehr habe. Bitte erwähne mich noch einmal mit einem Foto und einem Gemälde.';
    case 'did you mean':
      return `#${refusal.written} kenne ich nicht. Meinst du #${refusal.meant}? #help sagt, was es gibt.`;
    case 'no value':
      return `Was #${refusal.parameter} sein soll, habe ich nicht verstanden. Versuch #help ${refusal.parameter}.`;
  }
}

function quotaReached({ quota, limit }: QuotaReached): string {
  switch (quota) {
    case 'per person':
      return `Von dir ${limit === 1 ? 'wartet schon ein Bild' : `warten schon ${limit} Bilder`}, und mehr hebe ich für eine Person nicht auf.`;
    case 'per day':
      return `Du hast an einem Tag ${limit === 1 ? 'ein Bild' : `${limit} Bilder`} bestellt, und mehr kann ich für eine Person nicht malen.`;
    case 'of everybody':
      return 'So viele Leute haben mich um Bilder gebeten, dass meine Schlange voll ist.';
  }
}

const problems: Readonly<Record<Problem, string>> = {
  unreachable: 'Es ließ sich nicht abrufen. Bitte poste es noch einmal.',
  'too large': 'Es ist zu groß für mich. Bitte poste eine kleinere Fassung.',
  unreadable: 'Diese Art Datei kann ich nicht lesen. JPEG, PNG, WebP, AVIF, GIF und TIFF gehen.',
  damaged: 'Die Datei ist beschädigt oder abgeschnitten. Bitte lade sie noch einmal hoch.',
  'too small': 'Es ist zu klein oder zu schmal zum Malen. Jede Seite braucht mindestens 16 Pixel.',
  unsafe:
    'Es sieht für mich nach einem aus, das ich nicht malen sollte. Ich rate nur; wenn ich mich irre, tut es mir leid. Bitte versuch es mit einem anderen.',
};

function altText({ effect, photo, paintings, count }: AltText): string {
  const subject = photo === '' ? 'Ein Foto' : `Ein Foto (${photo})`;
  if (effect === 'dream')
    return `${subject}, verwandelt in einen tiefen Traum: aus allem darin wachsen Muster und Formen.`;
  const models = count === 1 ? 'eines Gemäldes' : `einer Mischung aus ${count} Gemälden`;
  const manner = paintings.length === 0 ? models : `${models} (${paintings.join('; ')})`;
  const repainted = `${subject}, neu gemalt im Stil ${manner}`;
  return effect === 'painting'
    ? `${repainted}.`
    : `${repainted}: mehrere kleine Fassungen nebeneinander, von links nach rechts mit mehr Malerei, von oben nach unten mit größerem Pinselstrich.`;
}

function list(items: readonly string[], word: 'und' | 'oder' = 'und'): string {
  const type = word === 'und' ? 'conjunction' : 'disjunction';
  return new Intl.ListFormat('de', { type }).format(items);
}

function number(value: number): string {
  return new Intl.NumberFormat('de', { useGrouping: false }).format(value);
}
