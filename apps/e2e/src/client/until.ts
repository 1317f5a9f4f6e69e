/** Looks again and again, every 50 ms at first, until `look` gives something other than undefined or false. Rejects after `timeoutMs`: what is right may take long on a busy machine. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, timeoutMs = 50_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  let pauseMs = 50;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 1.5, 500);
  }
}
