import type { Opened } from './sharp-picture.js';
import type { StudioReply, StudioRequest } from './studio-messages.js';

/**
 * The process in which files of unknown people are decoded: it has no secret, no address and no connection but the channel to its parent, and
 * ends with it.
 */
async function serve(): Promise<void> {
  const { openPicture, prepareSharp, renderPicture } = await import('./sharp-picture.js');
  prepareSharp();
  const state: { opened?: Opened } = {};
  const answer = async (request: StudioRequest): Promise<StudioReply> => {
    if (request.do === 'render') {
      if (!state.opened) throw new TypeError('nothing is opened');
      return { kind: 'rendered', bytes: await renderPicture(state.opened, request.rendition) };
    }
    delete state.opened;
    const opened = await openPicture(request.file);
    if ('kind' in opened) return opened;
    state.opened = opened;
    return { kind: 'opened', looks: opened.looks };
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined); // a Ctrl-C reaches the whole group; the parent finishes its work first
  process.on('disconnect', () => process.exit(0));
  process.on('message', (request: StudioRequest) => {
    void answer(request)
      .catch(unreadable)
      .then((reply) => process.send?.(reply));
  });
}

/** libvips tells in words. */
function unreadable(error: Error): StudioReply {
  if (/timeout/i.test(error.message)) return { kind: 'unreadable', because: 'took-too-long', detail: error.message };
  const because = /unsupported image format/i.test(error.message) ? 'format-not-accepted' : 'not-readable';
  return { kind: 'unreadable', because, detail: error.message };
}

await serve();
