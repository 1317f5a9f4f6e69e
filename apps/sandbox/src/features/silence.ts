import type { FastifyReply } from 'fastify';

/** Callers who are never answered. They are let go when they give up, after a minute, or when the sandbox stops. */
export class Silence {
  private readonly callers = new Set<FastifyReply>();

  constructor(private readonly limitMs = 60_000) {}

  /** Takes the reply over and says nothing. */
  keep(reply: FastifyReply): void {
    reply.hijack();
    this.callers.add(reply);
    const letGo = setTimeout(() => reply.raw.destroy(), this.limitMs).unref();
    reply.raw.once('close', () => {
      clearTimeout(letGo);
      this.callers.delete(reply);
    });
  }

  /** Hangs up on everyone. */
  end(): void {
    for (const reply of this.callers) reply.raw.destroy();
  }
}
