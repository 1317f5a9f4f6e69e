/** Type oids of pg_type: they never change. */
const int4 = 23;
const text = 25;
const headBytes = 20;

/** PostgreSQL's binary form of an `int[]`. Several times cheaper than the array literal node-postgres would write. */
export function intArray(values: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + values.length * 8);
  let at = writeHead(bytes, int4, values.length);
  for (const value of values) {
    at = bytes.writeInt32BE(4, at);
    at = bytes.writeInt32BE(value, at);
  }
  return bytes.subarray(0, at);
}

/** PostgreSQL's binary form of a `text[]`; null stays NULL. */
export function textArray(values: readonly (string | null)[]): Buffer {
  const sizes = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)));
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), headBytes));
  let at = writeHead(bytes, text, values.length);
  values.forEach((value, index) => {
    at = bytes.writeInt32BE(sizes[index] ?? -1, at);
    if (value !== null) at += bytes.write(value, at);
  });
  return bytes.subarray(0, at);
}

/** Dimensions, "has nulls", element type, length, lower bound (array_recv in PostgreSQL's arrayfuncs.c). Answers where the elements begin. */
function writeHead(bytes: Buffer, elementType: number, length: number): number {
  bytes.writeInt32BE(length === 0 ? 0 : 1, 0);
  bytes.writeInt32BE(1, 4);
  bytes.writeInt32BE(elementType, 8);
  if (length === 0) return 12;
  bytes.writeInt32BE(length, 12);
  return bytes.writeInt32BE(1, 16);
}
