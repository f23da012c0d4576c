// Prints how many bytes dist/client.js has, minified and compressed.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { transformSync } from 'esbuild'

const { code } = transformSync(readFileSync(new URL('dist/client.js', import.meta.url), 'utf8'), { minify: true, format: 'esm', target: 'es2022' })
console.log(gzipSync(code, { level: 9 }).length)
