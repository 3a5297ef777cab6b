import { controls, photoIsEnough } from '../../../src/web/form.js';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { isForeign, isHostAllowed, isLoopback } from '../../../src/web/loopback.js';
import { runCounter } from '../../support/web/counter.js';
import { runStudio } from '../../support/web/harness.js';

describe('the web app', () => {
  it('sends the page under a policy that allows nothing inline and nothing from elsewhere', async () => {
    const { url } = await runStudio();
    const { host } = new URL(url);
    for (const path of [
      '/',
      '/dream',
      '/gallery',
      '/status',
      '/help',
      '/sandbox',
      '/@ada',
      '/@ada/1',
      '/tags/blue',
      '/assets/page.js',
      '/page.json',
    ]) {
      const response = await fetch(url + path);
      expect(response.status).toBe(200);
      const policy = response.headers.get('Content-Security-Policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain(`connect-src 'self' ws://${host} wss://${host}`);
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(response.headers.get('Referrer-Policy')).toBe('same-origin');
    }
    const html = await (await fetch(url)).text();
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
  });

  it('serves its assets with their types, and no other file', async () => {
    const { url } = await runStudio();
    for (const [name, type] of [
      ['page.js', 'text/javascript'],
      ['base.css', 'text/css'],
      ['mark.svg', 'image/svg+xml'],
    ] as const) {
      expect((await fetch(`${url}/assets/${name}`)).headers.get('Content-Type')).toContain(type);
    }
    for (const name of ['nothing.js', '..%2fapp.ts', '%2e%2e/app.js', 'index.html', '']) {
      expect((await fetch(`${url}/assets/${name}`)).status).toBe(404);
    }
  });

  it('tells people that there is nothing at an address in a page, and programs in their way', async () => {
    const { url } = await runCounter();
    const asked = (Accept: string) => fetch(`${url}/no/such/address`, { headers: { Accept } });
    const [person, program] = await Promise.all([asked('text/html,*/*'), asked('*/*')]);
    expect([person.status, program.status]).toEqual([404, 404]);
    expect(await person.text()).toContain('There is nothing here');
    expect(await program.json()).toMatchObject({ status: 404 });
  });

  it('tells the page of the bot and the samples, but not where they lie', async () => {
    const { url, directory } = await runStudio();
    const text = await (await fetch(`${url}/page.json`)).text();
    expect(JSON.parse(text)).toEqual({
      bot: 'pentimento',
      controls: controls({ usual: 512, max: 768 }),
      photoIsEnough,
      samples: [
        {
          kind: 'photo',
          title: 'A wall',
          alt: 'A wall in the evening sun',
          url: '/samples/0',
          thumbnail: '/samples/0/thumbnail',
        },
        {
          kind: 'painting',
          title: 'A study',
          alt: 'A study in red',
          url: '/styles/study',
          thumbnail: '/styles/study/thumbnail',
        },
      ],
    });
    expect(text).not.toContain(directory);
    const sample = await fetch(`${url}/samples/0`);
    expect([sample.status, sample.headers.get('Content-Type')]).toEqual([200, 'image/png']);
    for (const name of ['1', '0.png', '..%2fphoto.png']) {
      expect((await fetch(`${url}/samples/${name}`)).status).toBe(404);
    }
  });
});

describe('the events of requests', () => {
  it('begin with all there are, go on with every change, and end when nobody reads them', async () => {
    const { url, feed } = await runStudio();
    feed.say({ mention: '1', state: 'queued', ahead: 0 });
    const stop = new AbortController();
    const response = await fetch(`${url}/events`, { signal: stop.signal });
    expect(response.headers.get('Content-Type')).toContain('text/event-stream');
    expect(response.headers.get('X-Accel-Buffering')).toBe('no');
    let heard = '';
    const reading = (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) heard += decoder.decode(chunk as Uint8Array);
    })().catch(() => undefined);
    await vi.waitFor(() => {
      expect(heard).toContain(
        'event: snapshot\ndata: [{"mention":"1","state":"queued","ahead":0}]',
      );
      expect(feed.listeners).toBe(1);
    });
    feed.say({ mention: '1', state: 'painting', progress: 0.5 });
    feed.say({ mention: '2', state: 'cancelled' });
    await vi.waitFor(() => {
      expect(heard).toContain(
        'event: status\ndata: {"mention":"1","state":"painting","progress":0.5}',
      );
      expect(heard).toContain('event: status\ndata: {"mention":"2","state":"cancelled"}');
    });
    stop.abort();
    await reading;
    await vi.waitFor(() => {
      expect(feed.listeners).toBe(0);
    });
  });

  it('are not begun for who asks for the head alone, and would never read them', async () => {
    const { url, feed } = await runStudio();
    const response = await fetch(`${url}/events`, { method: 'HEAD' });
    expect(response.headers.get('Content-Type')).toContain('text/event-stream');
    expect(feed.listeners).toBe(0);
  });

  it('spare a reader what is outdated before it is sent', async () => {
    const { url, feed } = await runStudio();
    const response = await fetch(`${url}/events`);
    await vi.waitFor(() => {
      expect(feed.listeners).toBe(1);
    });
    // All in one go, so that the stream gets no turn in between.
    for (let step = 0; step <= 1000; step += 1) {
      feed.say({ mention: '1', state: 'painting', progress: step / 1000 });
    }
    let heard = '';
    for await (const chunk of response.body ?? []) {
      heard += new TextDecoder().decode(chunk as Uint8Array);
      if (heard.includes('"progress":1}')) break;
    }
    expect(heard.match(/event: status/g)?.length).toBeLessThan(10);
  });
});

describe('the server', () => {
  it('leaves the global Response alone, by which clients in the same process know an HTTP error', async () => {
    const before = globalThis.Response;
    const { url } = await runStudio();
    const response = await fetch(`${url}/nothing`);
    expect(globalThis.Response).toBe(before);
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(404);
  });

  it('ends connections that would never end by themselves', async () => {
    const { url, close } = await runStudio();
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    const events = await fetch(`${url}/events`);
    await Promise.all([once(socket, 'close'), close()]);
    await expect(events.text()).rejects.toThrow();
  });

  it('says so when its port is taken', async () => {
    const { url } = await runStudio();
    const port = Number(new URL(url).port);
    await expect(runStudio({ port })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe('the host of a request', () => {
  it('is loopback only by a name that no stranger can own', () => {
    for (const host of [
      'localhost',
      'localhost:80',
      'a.localhost',
      '127.0.0.1',
      '127.9.9.9:1',
      '[::1]:8080',
    ]) {
      expect(isLoopback(host)).toBe(true);
    }
    for (const host of [
      '',
      'example.org',
      '127.0.0.1.nip.io',
      'localhost.example',
      '10.0.0.1',
      'x y',
      '0.0.0.0',
    ]) {
      expect(isLoopback(host)).toBe(false);
    }
  });

  it('does not matter to a server that is open to the network on purpose', () => {
    expect(isHostAllowed('0.0.0.0', 'pictures.example')).toBe(true);
    expect(isHostAllowed('127.0.0.1', 'pictures.example')).toBe(false);
    expect(isHostAllowed('::1', undefined)).toBe(false);
    expect(isHostAllowed('::1', '[::1]:8080')).toBe(true);
  });

  it('is foreign to every other origin', () => {
    expect(isForeign(undefined, 'localhost:80')).toBe(false);
    expect(isForeign('http://localhost:8080', 'localhost:8080')).toBe(false);
    expect(isForeign('http://localhost:8081', 'localhost:8080')).toBe(true);
    expect(isForeign('null', 'localhost:8080')).toBe(true);
  });
});
