import type { LabelFacts } from '../domain/label-sheet.js';
import type { LabelBook } from '../domain/ports.js';

export type LabelPrint = { readonly kind: 'printed'; readonly pdf: Uint8Array } | { readonly kind: 'not-found' | 'label-voided' };

/** What a shop sticks on its parcels. A label that was given back is not printed. */
export class PrintLabel {
  constructor(
    private readonly book: Pick<LabelBook, 'find'>,
    private readonly print: (label: LabelFacts) => Promise<Uint8Array>,
  ) {}

  async run(id: string): Promise<LabelPrint> {
    const label = await this.book.find(id);
    if (!label) return { kind: 'not-found' };
    return label.status === 'voided' ? { kind: 'label-voided' } : { kind: 'printed', pdf: await this.print(label) };
  }
}
