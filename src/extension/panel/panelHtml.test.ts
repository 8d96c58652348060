import { expect, it } from 'vitest';
import { panelHtml } from './panelHtml';

const page = {
  cspSource: 'https://files.example',
  nonce: 'abc123',
  script: 'https://files.example/changes.js',
  style: 'https://files.example/changes.css',
  title: 'All Changes',
  language: 'en',
};

it('lets nothing run or load but its own files', () => {
  const html = panelHtml(page);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  expect(policy?.split('; ')).toEqual([
    'default-src &#39;none&#39;',
    'img-src data:',
    'style-src https://files.example',
    'script-src &#39;nonce-abc123&#39;',
  ]);
  expect(html.match(/<script\b[^>]*>/g)).toEqual([
    '<script nonce="abc123" src="https://files.example/changes.js">',
  ]);
});

it('puts no markup of a translation into the page', () => {
  const html = panelHtml({ ...page, title: '<script>alert(1)</script>', language: '"><b>' });
  expect(html).toContain('<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>');
  expect(html).toContain('<html lang="&quot;&gt;&lt;b&gt;">');
});
