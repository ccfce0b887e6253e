// Checks the gateway's image, and runs it with a root file system that cannot be written: node deploy/image.mjs [tar]
//
// Needs no Docker engine and no registry: mvn -Pimage -Dimage.base=scratch writes the tar with our layers alone. The JVM and
// its libraries, which the base image brings, are this machine's, mounted read-only into the unpacked image.
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync, existsSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const tar = process.argv[2] ?? 'sftp-gateway/target/gateway-image.tar'
const work = mkdtempSync(join(tmpdir(), 'image-'))
const root = join(work, 'root')
const DEADLINE_MILLIS = 60_000
/** Jib's own headers mean nothing to GNU tar, which says so for each file. */
const QUIET = '--warning=no-unknown-keyword'

const PARTNERS = `
partners:
  - id: check
    login: { public-keys: ["KEY"] }
    feeds: [{ id: any, match: '.*', deliver: { engine: none } }]
engines:
  none: { type: http, url: "http://127.0.0.1:9" }
`

const NAMESPACE = [
  ...(process.getuid() === 0 ? [] : ['--user', '--map-root-user']), '--mount', '--propagation', 'private', '--',
]

const sh = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 })

/** Checks what the image says of itself; unpacks it. */
function unpack() {
  const image = join(work, 'image')
  mkdirSync(image)
  mkdirSync(root)
  sh('tar', '-xf', tar, '-C', image)
  const blob = ({ digest }) => join(image, 'blobs', ...digest.split(':'))
  const json = (file) => JSON.parse(readFileSync(file, 'utf8'))
  const manifest = json(blob(json(join(image, 'index.json')).manifests[0]))
  const { config, ...about } = json(blob(manifest.config))
  assert.equal(about.os, 'linux')
  assert.equal(about.architecture, 'arm64', 'the tasks run on arm64')
  assert.equal(about.created, '1970-01-01T00:00:00Z', 'two builds of the same sources are the same image')
  assert.equal(config.User, '65532:65532')
  assert.deepEqual(Object.keys(config.ExposedPorts), ['2222/tcp'])
  assert.deepEqual((config.Env ?? []).filter((each) => /INTAKE|AWS/.test(each)), [], 'settings belong to the task')
  assert.equal(config.Entrypoint[0], 'java')
  assert.equal(config.Entrypoint.at(-1), 'io.intake.gateway.GatewayMain')
  for (const layer of manifest.layers.map(blob)) {
    for (const line of sh('tar', QUIET, '--numeric-owner', '-tvzf', layer).trim().split('\n')) {
      const [mode, owner, , , , name] = line.split(/\s+/)
      assert.match(name, /^app\//, `${name} is not ours`)
      assert.match(mode, /^[-d]rw.r-.r-.$/, `${name} can be written, or is more than a file: ${mode}`)
      assert.equal(owner, '0/0', `${name} belongs to ${owner}`)
      assert.doesNotMatch(name, /fixtures|junit|assertj|-tests/, `${name} is for tests`)
    }
    sh('tar', QUIET, '-xzf', layer, '-C', root)
  }
  return config
}

/**
 * This machine's JDK and libraries where the base image has its own; everything read-only, nothing in /tmp. The root is bound
 * to itself first, and everything else into it: an inner mount would be hidden by an outer one that comes later.
 */
function mounts(java) {
  const jdk = dirname(dirname(realpathSync(java)))
  const shared = ['/usr', '/lib', '/lib64', '/etc', '/proc', '/dev', jdk].filter((each) => existsSync(each))
  for (const each of shared) mkdirSync(join(root, each), { recursive: true })
  return [
    `mount --bind ${root} ${root}`,
    ...shared.map((each) => `mount --rbind ${each} ${root}${each}`),
    ...shared.filter((each) => each !== '/dev' && each !== '/proc').map((each) => `mount -o remount,bind,ro ${root}${each}`),
    `mount -o remount,bind,ro ${root}`,
    `! touch ${root}/written 2>/dev/null`,
  ].join(' && ')
}

const greeting = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(5_000, () => socket.destroy())
    socket.once('data', (data) => { resolve(data.toString('latin1')); socket.destroy() })
    socket.once('error', () => resolve(''))
    socket.once('close', () => resolve(''))
  })

async function run(config) {
  const settings = join(root, 'settings')
  mkdirSync(settings)
  const key = join(work, 'host')
  sh('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key)
  writeFileSync(join(settings, 'partners.yml'), PARTNERS.replace('KEY', readFileSync(`${key}.pub`, 'utf8').trim()))
  const java = join(process.env.JAVA_HOME ?? dirname(dirname(realpathSync(sh('which', 'java').trim()))), 'bin', 'java')
  const port = 20_000 + (process.pid % 20_000)
  const command = [realpathSync(java), ...config.Entrypoint.slice(1)].map((each) => `'${each}'`).join(' ')
  const started = spawn('unshare', [
    ...NAMESPACE, 'sh', '-c',
    `${mounts(java)} && exec chroot --userspec=65532:65532 ${root} ${command}`,
  ], {
    env: {
      INTAKE_SFTP_HOST: '127.0.0.1', INTAKE_SFTP_PORT: String(port), INTAKE_HOST_KEY: readFileSync(key, 'utf8'),
      INTAKE_PARTNERS: '/settings/partners.yml', INTAKE_AUDIT_KEY: '0'.repeat(64), INTAKE_BUCKET: 'bucket',
      INTAKE_S3_ENDPOINT: 'http://127.0.0.1:9', INTAKE_S3_ACCESS_KEY: 'a', INTAKE_S3_SECRET_KEY: 'b', AWS_REGION: 'us-east-1',
      INTAKE_NAMING: 'natural', INTAKE_MANAGEMENT_PORT: '0', INTAKE_CLOUDWATCH_METRICS: '1s', INTAKE_STAGE: 'check',
    },
  })
  let out = ''
  let errors = ''
  started.stdout.on('data', (data) => { out += data })
  started.stderr.on('data', (data) => { errors += data })
  const ended = new Promise((resolve) => started.once('exit', (code, signal) => resolve(code ?? signal)))
  let code
  ended.then((it) => { code = it })
  const deadline = Date.now() + DEADLINE_MILLIS
  const until = async (what, reached) => {
    while (!(await reached())) {
      assert.equal(code, undefined, `ended with ${code} before ${what}:\n${errors.slice(-2_000)}`)
      assert.ok(Date.now() < deadline, `no ${what} in time:\n${errors.slice(-2_000)}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  try {
    await until('greeting', async () => (await greeting(port)).startsWith('SSH-2.0-INTAKE'))
    await until('line of metrics', () => out.includes('"Namespace":"Intake/Gateway"'))
    started.kill('SIGTERM')
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, DEADLINE_MILLIS).unref())])
    assert.equal(code, 0, `SIGTERM was answered with ${code}:\n${errors.slice(-2_000)}`)
  } finally {
    started.kill('SIGKILL')
  }
}

try {
  const config = unpack()
  sh('chmod', '-R', 'a+rX', work)
  if (spawnSync('unshare', [...NAMESPACE, 'mount', '--bind', root, root]).status === 0) {
    await run(config)
    console.log(`${tar}: runs with a read-only root, as 65532`)
  } else {
    console.log(`${tar}: as it should be; not run, because this machine does not let us mount anything`)
  }
} finally {
  rmSync(work, { recursive: true, force: true })
}
