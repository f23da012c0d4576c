// Plants the faults of faults.txt into dist/client.js, one at a time and in a copy, and runs the test file that is to notice each: it has to
// fail. `node faults.mjs NAME,NAME` tries these alone, `--check` only whether all can be planted, `--share=0/6` each sixth.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const AT_ONCE = 2
const AT_MOST_MS = 60_000

const here = fileURLToPath(new URL('.', import.meta.url))
const client = readFileSync(join(here, 'dist', 'client.js'), 'utf8')

/** Each is `name: whom it harms, and how`, and below it `test FILE`, `- what stands there once` and `+ what takes its place`. */
function faults() {
  const all = []
  for (const line of readFileSync(join(here, 'faults.txt'), 'utf8').split('\n')) {
    const text = line.trim()
    const last = all.at(-1)
    if (text === '' || text.startsWith('#')) continue
    else if (!line.startsWith(' ')) all.push({ name: text.slice(0, text.indexOf(':')), harms: text.slice(text.indexOf(':') + 2), find: '', put: '' })
    else if (text.startsWith('test ')) last.test = text.slice(5)
    else if (text.startsWith('-')) last.find = text.slice(1).trim()
    else if (text.startsWith('+')) last.put = text.slice(1).trim()
  }
  return all
}

function plant({ name, find, put }) {
  const parts = client.split(find)
  if (find === '' || parts.length !== 2) throw new Error(`${name}: that stands there ${parts.length - 1} times: ${find}`)
  return parts.join(put)
}

/** Null if the tests pass; else the first that failed. */
function run(directory, file) {
  return new Promise(done => {
    const node = spawn(process.execPath, ['--test', '--test-reporter=tap', join('test', file)], { cwd: directory, timeout: AT_MOST_MS })
    let said = ''
    node.stdout.on('data', data => (said += data))
    node.on('close', status => done(status === 0 ? null : (/^\s*not ok \d+ - (.*)/m.exec(said)?.[1] ?? `it did not end within ${AT_MOST_MS} ms`)))
  })
}

async function trial(fault) {
  const directory = mkdtempSync(join(tmpdir(), 'gapless-fault-'))
  try {
    for (const part of ['package.json', 'dist', 'test']) cpSync(join(here, part), join(directory, part), { recursive: true })
    writeFileSync(join(directory, 'dist', 'client.js'), fault.find === undefined ? client : plant(fault))
    return await run(directory, fault.test)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const all = faults()
all.forEach(plant)
const names = process.argv.slice(2).filter(word => !word.startsWith('--')).flatMap(word => word.split(','))
const [first, step] = (process.argv.find(word => word.startsWith('--share='))?.slice(8) ?? '0/1').split('/').map(Number)
const chosen = all.filter(({ name }, at) => (names.length === 0 || names.includes(name)) && at % step === first)
const files = [...new Set(chosen.map(({ test }) => test))]
const waiting = [...files.map(test => ({ name: test, test })), ...chosen]
let wrong = 0
async function work() {
  for (let one = waiting.shift(); one; one = waiting.shift()) {
    const noticed = await trial(one)
    if ((noticed === null) === (one.find !== undefined)) {
      wrong++
      console.log(one.find === undefined ? `${one.name} fails without a fault: ${noticed}` : `${one.name} is not noticed: ${one.harms}`)
    } else {
      console.log(`${one.name}: ${noticed === null ? 'passes' : `noticed by "${noticed}"`}`)
    }
  }
}
if (process.argv.includes('--check')) console.log(`${all.length} faults can be planted`)
else await Promise.all(Array.from({ length: AT_ONCE }, work))
process.exitCode = wrong === 0 ? 0 : 1
