/** Metrics of PDF's standard fonts as pdfkit ships them; its types leave them out. */
declare module 'pdfkit/standard-fonts/*' {
  const metrics: {
    readonly name: string;
    readonly bbox: readonly [left: number, bottom: number, right: number, top: number];
    readonly ascender: number;
    /** Separated by spaces. */
    readonly glyphNames: string;
    readonly glyphWidths: readonly number[];
    /** By turns what a pair is moved by, and the pairs: each the distance to the one before it, as `left * glyphs + right`. */
    readonly kernPairs: readonly (number | readonly number[])[];
  };
  export default metrics;
}
