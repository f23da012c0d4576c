// Makes dist: the module in one file, and its types in one file. With a directory as argument: there.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = process.argv[2] ?? join(here, 'dist')
const declarations = join(here, 'node_modules', '.declarations')
const banner = '// gapless-client: the client of a Gapless gateway, for browsers and Node. Built from clients/js/src; do not change it here.\n'

rmSync(declarations, { recursive: true, force: true })
const compile = (...options) => {
  const tsc = join(here, 'node_modules', 'typescript', 'bin', 'tsc')
  if (spawnSync(process.execPath, [tsc, ...options], { cwd: here, stdio: 'inherit' }).status !== 0) process.exit(1)
}
compile()

mkdirSync(dist, { recursive: true })
await build({
  entryPoints: [join(here, 'src', 'client.ts')],
  outfile: join(dist, 'client.js'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  banner: { js: banner.trimEnd() },
  absWorkingDir: here,
  logLevel: 'warning',
})

// The public types stand in api.ts and client.ts, and know no other file.
const imports = /^(import [^;]*|export \* from [^;]*);\n/gms
const texts = ['api.d.ts', 'client.d.ts'].map(name => readFileSync(join(declarations, name), 'utf8').replace(imports, ''))
writeFileSync(join(dist, 'client.d.ts'), banner + texts.join(''))
compile('--noEmit', '--strict', '--target', 'es2022', '--moduleResolution', 'bundler', '--module', 'es2022', '--lib', 'es2022,dom', 'test/usage.ts')
