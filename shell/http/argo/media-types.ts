// Owns the media types of files by their extensions; what is not known is left to the reader, as the reference does.

const TEXT = ['css', 'csv', 'html', 'javascript', 'plain', 'xml'] as const
const EXTENSIONS: Readonly<Record<string, string>> = {
  avif: 'image/avif', bmp: 'image/bmp', css: 'text/css', csv: 'text/csv', gif: 'image/gif', gz: 'application/gzip', htm: 'text/html', html: 'text/html', ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg', jpg: 'image/jpeg', js: 'text/javascript', json: 'application/json', log: 'text/plain', mjs: 'text/javascript', mp3: 'audio/mpeg', mp4: 'video/mp4',
  pdf: 'application/pdf', png: 'image/png', svg: 'image/svg+xml', tar: 'application/x-tar', tgz: 'application/gzip', txt: 'text/plain', wasm: 'application/wasm', webm: 'video/webm',
  webp: 'image/webp', xml: 'text/xml', yaml: 'application/yaml', yml: 'application/yaml', zip: 'application/zip',
}

/** Empty for a file whose extension says nothing. */
export function mediaTypeOf(fileName: string): string {
  const dot = fileName.lastIndexOf('.')
  const extension = dot < 0 ? '' : fileName.slice(dot + 1).toLowerCase()
  const type = Object.hasOwn(EXTENSIONS, extension) ? (EXTENSIONS[extension] ?? '') : ''
  return TEXT.some((kind) => type === `text/${kind}`) ? `${type}; charset=utf-8` : type
}
