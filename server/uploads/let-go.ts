// Gives the memory of bytes back as soon as nobody needs them. Left to the collector, a fast upload sets it off every thirty megabytes.

/** Whoever calls is the last to hold them: they are empty afterwards. Bytes that share their memory with others are left alone. */
export function letGo(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
