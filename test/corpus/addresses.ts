import type { Case, Handler } from './case.js';

/** Addresses that nothing must be fetched from; a trap listens on this port of this machine. */
function forbidden(port: number): Readonly<Record<string, string>> {
  return {
    'this machine': `http://127.0.0.1:${port}/`,
    'this machine by name': `http://localhost:${port}/`,
    'this machine by a name below it': `http://pictures.localhost:${port}/`,
    'this machine as one number': `http://2130706433:${port}/`,
    'this machine in hexadecimal': `http://0x7f000001:${port}/`,
    'this machine in octal': `http://0177.0.0.1:${port}/`,
    'this machine, shortened': `http://127.1:${port}/`,
    'this machine, in wide digits': `http://１２７.0.0.1:${port}/`,
    'another address of this machine': `http://127.8.8.8:${port}/`,
    'any address': `http://0.0.0.0:${port}/`,
    'this machine (IPv6)': `http://[::1]:${port}/`,
    'any address (IPv6)': `http://[::]:${port}/`,
    'this machine, mapped to IPv6': `http://[::ffff:127.0.0.1]:${port}/`,
    'this machine behind NAT64': `http://[64:ff9b::7f00:1]:${port}/`,
    'a cloud’s secrets': 'http://169.254.169.254/latest/meta-data/',
    'a private network': 'http://10.0.0.1/photo.jpg',
    'another private network': 'http://192.168.1.1/photo.jpg',
    'a private network (IPv6)': 'http://[fd00::1]/photo.jpg',
    'a link (IPv6)': 'http://[fe80::1]/photo.jpg',
    'a file': 'file:///etc/passwd',
    'a script': 'javascript:alert(1)',
    data: 'data:image/png;base64,iVBORw0KGgo=',
    'another protocol': 'ftp://pictures.example/photo.jpg',
    gopher: `gopher://127.0.0.1:${port}/_GET%20/`,
    'a blob': 'blob:http://127.0.0.1/1',
    'a password': `http://ada:secret@127.0.0.1:${port}/`,
    'no host': 'http:///photo.jpg',
    'a port that does not exist': 'http://127.0.0.1:99999/',
    'a path of this machine': '/etc/passwd',
    'two lines': `http://127.0.0.1:${port}\r\nHost: here/`,
  };
}

/** Pictures said to be there, and a server that sends the bot there. */
export function addresses(port: number): readonly Case[] {
  return Object.entries(forbidden(port)).flatMap(([name, url]): readonly Case[] => {
    // Whether a name is known depends on the machine; what is not known today may be tomorrow.
    const outcomes: Case['outcomes'] = isName(url) ? ['sentence', 'put off'] : ['sentence'];
    const attached: Case = {
      name: `address: ${name}`,
      outcomes,
      status: ({ painting }) => ({
        media_attachments: [url, painting].map((each) => ({ type: 'image', url: each })),
      }),
    };
    if (/[^\x20-\x7e]/.test(url)) return [attached]; // no header can hold it
    return [attached, { name: `redirect: ${name}`, outcomes, photo: redirect(url) }];
  });
}

function isName(url: string): boolean {
  return url.startsWith('http') && URL.canParse(url) && /[a-z]$/.test(new URL(url).hostname);
}

function redirect(location: string): Handler {
  return (_, response) => response.writeHead(302, { Location: location }).end();
}
