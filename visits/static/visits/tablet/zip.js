// A ZIP without compression (the content is ciphertext): what "Simpan ke berkas" hands out.
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

export function crc32(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function record(signature, length, fields) {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, signature, true);
  for (const [at, size, value] of fields) size === 2 ? view.setUint16(at, value, true) : view.setUint32(at, value, true);
  return new Uint8Array(view.buffer);
}

/** files: [[name, bytes]] -> Blob */
export function zip(files) {
  const parts = [];
  const central = [];
  let at = 0;
  for (const [title, bytes] of files) {
    const name = new TextEncoder().encode(title);
    const crc = crc32(bytes);
    const shared = [[4, 2, 20], [6, 2, 0x0800], [14, 4, crc], [18, 4, bytes.length], [22, 4, bytes.length], [26, 2, name.length]];
    parts.push(record(0x04034b50, 30, shared), name, bytes);
    const entry = shared.slice(2).map(([place, size, value]) => [place + 2, size, value]);
    central.push(record(0x02014b50, 46, [[4, 2, 20], [6, 2, 20], [8, 2, 0x0800], ...entry, [42, 4, at]]), name);
    at += 30 + name.length + bytes.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = record(0x06054b50, 22, [[8, 2, files.length], [10, 2, files.length], [12, 4, size], [16, 4, at]]);
  return new Blob([...parts, ...central, end], { type: "application/zip" });
}
