import { sniff } from './picture-file.js';

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((each) => each.charCodeAt(0)) : part)));
const png = (width: number, height: number) =>
  bytes(
    [0x89],
    'PNG\r\n',
    [0x1a],
    '\n',
    [0, 0, 0, 13],
    'IHDR',
    [width >> 24, width >> 16, width >> 8, width].map((part) => part & 255),
    [height >> 24, height >> 16, height >> 8, height].map((part) => part & 255),
  );

describe('what a file is', () => {
  it('is told by its first bytes, with its size where they say it', () => {
    expect(sniff(png(30_000, 2))).toEqual({ kind: 'picture', format: 'png', size: { width: 30_000, height: 2 } });
    expect(sniff(bytes([0xff, 0xd8, 0xff, 0xe0], '..JFIF'))).toEqual({ kind: 'picture', format: 'jpeg' });
    expect(sniff(bytes('GIF89a', [0x40, 0x01, 0xc8, 0x00]))).toEqual({ kind: 'picture', format: 'gif', size: { width: 320, height: 200 } });
    expect(sniff(bytes('RIFF....WEBPVP8 '))).toEqual({ kind: 'picture', format: 'webp' });
    expect(sniff(bytes('RIFF....WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0], [0x3f, 0x01, 0], [0xc7, 0, 0]))).toEqual({
      kind: 'picture',
      format: 'webp',
      size: { width: 320, height: 200 },
    });
    expect(sniff(bytes([0, 0, 0, 28], 'ftypavif', [0, 0, 0, 0], 'avifmif1miaf'))).toEqual({ kind: 'picture', format: 'avif' });
    expect(sniff(bytes([0, 0, 0, 28], 'ftypmif1', [0, 0, 0, 0], 'mif1avifmiaf'))).toEqual({ kind: 'picture', format: 'avif' });
  });

  it.each([
    ['<svg xmlns="http://www.w3.org/2000/svg">', 'SVG or XML'],
    ['\n<?xml version="1.0"?>', 'SVG or XML'],
    ['<html><img src=x.png>', 'HTML or XML'],
    ['%PDF-1.7', 'PDF'],
    ['PK\u0003\u0004', 'ZIP'],
    ['\0\0\0\u0018ftypheic\0\0\0\0mif1heic', 'HEIC'],
    ['\0\0\0\u0020ftypisom\0\0\0\0isomiso2', 'a video'],
    ['II*\0', 'TIFF'],
    ['{"a":1}', 'JSON'],
    ['', 'an empty file'],
    ['hello', 'something else'],
    ['\u0089PNG', 'something else'],
  ])('is not a picture we take: %j', (content, name) => {
    expect(sniff(bytes(content))).toEqual({ kind: 'other', name });
  });
});
