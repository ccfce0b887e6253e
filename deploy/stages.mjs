// Packages each kind of deployment there is and checks its template, without network or credentials: npm run check
import { spawnSync } from 'node:child_process'

const image = `--param=gatewayImage=123456789012.dkr.ecr.us-east-1.amazonaws.com/intake/gateway@sha256:${'0'.repeat(64)}`

const DEPLOYMENTS = [
  ['dev, before the image', '--stage=dev'],
  ['dev', '--stage=dev', image],
  ['prod', '--stage=prod', '--region=eu-central-1', image],
  [
    'prod with a domain, alarms, a trail, a hand-over and a network that is there', '--stage=prod', image,
    '--param=domain=sftp.example.org', '--param=hostedZone=Z0123456789ABCDEFGHIJ', '--param=trail=true',
    '--param=handOverBucket=hospital-lake',
    '--param=handOverKey=arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000',
    '--param=alarmAddress=https://events.example.org/x', '--param=alarmMail=oncall@example.org',
    '--param=vpc=vpc-0123456789abcdef0',
    '--param=publicSubnetA=subnet-0123456789abcdef0', '--param=publicSubnetB=subnet-0123456789abcdef1',
    '--param=privateSubnetA=subnet-0123456789abcdef2', '--param=privateSubnetB=subnet-0123456789abcdef3',
  ],
  [
    'prod with engines in a private network, a copy in another region, after a restore', '--stage=prod', image,
    '--param=engineSubnets=subnet-0123456789abcdef0,subnet-0123456789abcdef1', '--param=engineGroups=sg-0123456789abcdef0',
    '--param=replicaBucket=intake-prod-123456789012-us-west-2-replica',
    '--param=replicaKey=arn:aws:kms:us-west-2:123456789012:key/00000000-0000-0000-0000-000000000000',
    '--param=originBucket=intake-prod-123456789012-us-west-2',
  ],
]

/** A network of its own, in which there is nobody, where this machine gives us one: what asks for one then fails. */
const OFFLINE = spawnSync('unshare', ['--map-root-user', '--net', 'true']).status === 0 ? ['unshare', '--map-root-user', '--net'] : []

const run = (command, ...args) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) process.stderr.write(stdout + stderr)
  return status === 0
}

console.log(`packaged ${OFFLINE.length > 0 ? 'without a network' : 'as it is: no network could be taken away'}`)
console.log(`the copy's bucket: ${run(process.execPath, 'deploy/check.mjs', 'deploy/replica.yml') ? 'no problems' : (process.exitCode = 1, 'problems')}`)
for (const [name, ...options] of DEPLOYMENTS) {
  const good = run(...OFFLINE, 'npx', 'serverless', 'package', ...options) && run(process.execPath, 'deploy/check.mjs')
  console.log(`${name}: ${good ? 'no problems' : 'problems'}`)
  if (!good) process.exitCode = 1
}
