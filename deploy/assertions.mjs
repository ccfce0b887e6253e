// What a CloudFormation validator does not know: what AWS refuses only at deployment, and what we ask of our own stack.

/** Lambda's Java runtimes that ours may use: the functions are compiled for Java 25. */
const RUNTIMES = new Set(['java25'])
const MAX_TIMEOUT_SECONDS = 900
const SCHEDULED_ONLY = new Set(['SweepLambdaFunction'])

/** Somebody waits for its answer: no event is queued, tried again or dropped, and a failure's record would tell nobody anything. */
const SYNCHRONOUS_ONLY = new Set(['StatusLambdaFunction'])

/** Statements whose resource is everything, each with its reason. */
const EVERYTHING = new Map([
  ['BucketKey/AccountDecides', 'in the policy of a key * is that key'],
  ['OperationsKey/AccountDecides', 'in the policy of a key * is that key'],
  ['OperationsKey/LogsOfThisStage', 'in the policy of a key * is that key'],
  ['OperationsKey/AlarmsOfThisAccount', 'in the policy of a key * is that key'],
  ['EveryFunctionPolicy/Trace', 'X-Ray has no resources'],
  ['EnginesNetworkPolicy/SeeInterfaces', 'this action has no resources'],
  ['GatewayStartRole/LogInToTheRegistry', 'a token is for the whole registry'],
  ['ReplicaKey/AccountDecides', 'in the policy of a key * is that key'],
  ['ReplicationRole/ReadVersions', 'the whole bucket is copied'],
  ['ReplicationRole/WriteCopies', 'to the whole of another'],
  ['RestoreRole/ReadVersions', 'the whole copy is copied back'],
  ['RestoreRole/WriteBack', 'to the whole of a new bucket'],
  ['HandOverPolicy/HandOver', "another's bucket; partners.yml says where in it"],
])

/** What would take patients' data, or the way to read it, along with the stack. */
const LASTING = new Set([
  'AWS::EC2::EIP', 'AWS::ECR::Repository', 'AWS::KMS::Key', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret',
])

/** SnapStart's limit. */
const SNAPSHOT_STORAGE_MIB = 512

/** What Lambda does in a function's name to put it into a network. */
const INTERFACES = [
  'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
]

/** What S3 does to copy a bucket of encrypted objects. */
const REPLICATION = [
  's3:GetReplicationConfiguration', 's3:ListBucket', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl',
  's3:GetObjectVersionTagging', 's3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 'kms:Decrypt', 'kms:Encrypt',
]

/** The copy itself, which is copied back once: under an eye, without a time limit, and by jobs over lists. */
const BACK = 'Replica'
const LISTED = ['s3:InitiateReplication', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject']

/** For instance: a secret of each kind, and who alone reads such. */
const FOREIGN_SECRETS = [
  ['UnzipLambdaFunction', 'decrypt/st-marys/pgp-AbCdEf'],
  ['ForwardLambdaFunction', 'engines/lake/token-AbCdEf'],
  ['PageLambdaFunction', 'pagerduty/routing-key-AbCdEf'],
  ['GatewayTask', 'host-keys-AbCdEf'],
  ['GatewayTask', 'audit-key-AbCdEf'],
]

/** Buckets of access logs. */
const LOGS = new Set(['LogBucket', 'ReplicaLog'])

/** Those that go on by a new task of their own, which Lambda takes for a runaway loop; their bound is the job machine's. */
const CONTINUING = new Set(['UnzipLambdaFunction', 'StitchLambdaFunction', 'ForwardLambdaFunction'])

/** What must stay until somebody deletes it: originals, what is for partners, who did what, and the configuration. */
const KEPT = ['inbound/', 'outbound/', 'audit/', 'config/']

/** How long a mistake can be taken back, at least. */
const VERSION_DAYS = 30

/** What an alarm must watch of each function. */
const WATCHED = ['Errors', 'Throttles']

/** And of each that events start. */
const WATCHED_QUEUES = ['AsyncEventAge', 'AsyncEventsDropped', 'DestinationDeliveryFailures']

/** What the functions say of themselves that an alarm must watch, where functions with these metrics are. */
const WATCHED_THEMSELVES = ['Sweeps', 'PagesWaiting', 'PagesNotSent', 'OldestFile', 'FilesFailed']

/** What the status page must not do, nor whoever it runs for. */
const WRITES = /:(Put(?!LogEvents|TraceSegments|TelemetryRecords)|Delete|Abort|Create(?!LogStream)|Update|Restore)|:GetSecretValue$/

/** What people who operate it must not read: patients' files, what was made of them, secrets. */
const NOT_FOR_OPERATORS = [
  's3:GetObject inbound/p/x', 's3:GetObject outbound/p/x', 's3:GetObject jobs/j/entries/000001',
  's3:GetObject jobs/j/stitched/0001.ndjson', 's3:GetObject jobs/j/rejects/tables/0001/000001.ndjson',
  's3:GetObject jobs/j/refused/0001/000000000000001.ndjson', 's3:GetObject uploads/p/x', 's3:PutObject inbound/p/x',
  's3:PutObject outbound/p/x', 's3:PutObject config/partners.yml', 's3:DeleteObject jobs/j/job.json',
  's3:DeleteObject audit/20260304/x.json',
]

/** Longer than the gateway lets a silent session stay: INTAKE_IDLE_TIMEOUT, 15 minutes. */
const LONGEST_SILENCE_SECONDS = 900

const ofType = (template, type) =>
  Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)

const target = (value) => (typeof value === 'string' ? value : (value?.Ref ?? value?.['Fn::GetAtt']?.[0]))

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value])

/** A list, or an Fn::Split's. */
const items = (value) => (value?.['Fn::Split'] ? value['Fn::Split'][1].split(value['Fn::Split'][0]).filter((each) => each !== '') : list(value))

/** A string or an Fn::Sub as text; pseudo parameters stay as they are. */
const text = (value) => (typeof value === 'string' ? value : (value?.['Fn::Sub'] ?? JSON.stringify(value)))

const policies = (template) => [
  ...['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].flatMap((type) =>
    ofType(template, type).map(([id, it]) => [id, it.Properties.PolicyDocument]),
  ),
  ...ofType(template, 'AWS::IAM::Role').flatMap(([id, it]) =>
    list(it.Properties.Policies).map((policy) => [id, policy.PolicyDocument]),
  ),
  ...ofType(template, 'AWS::KMS::Key').map(([id, it]) => [id, it.Properties.KeyPolicy]),
]

/** The statements that a role has, its managed policies' and those attached to it included. */
const statementsOf = (template, roleId) => {
  const role = template.Resources[roleId]?.Properties ?? {}
  return [
    ...list(role.Policies).map((policy) => policy.PolicyDocument),
    ...list(role.ManagedPolicyArns).map((arn) => template.Resources[target(arn)]?.Properties.PolicyDocument),
    ...ofType(template, 'AWS::IAM::Policy')
      .filter(([, policy]) => list(policy.Properties.Roles).some((each) => target(each) === roleId))
      .map(([, policy]) => policy.Properties.PolicyDocument),
  ].flatMap((document) => list(document?.Statement))
}

const matches = (pattern, value) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(value)

const allows = (statements, action, resource) =>
  statements.some(
    (statement) =>
      statement.Effect === 'Allow' &&
      list(statement.Action).includes(action) &&
      list(statement.Resource).some((each) => matches(text(each), resource)),
  )

function* functions(template) {
  const roles = new Map()
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    if (!RUNTIMES.has(it.Runtime)) yield `${id}: the runtime ${it.Runtime} is not one of ${[...RUNTIMES]}`
    if (!(it.Timeout <= MAX_TIMEOUT_SECONDS)) yield `${id}: the timeout ${it.Timeout} is over ${MAX_TIMEOUT_SECONDS} s`
    if (!(it.ReservedConcurrentExecutions > 0)) yield `${id}: no reserved concurrency`
    const role = target(it.Role)
    if (template.Resources[role]?.Type !== 'AWS::IAM::Role') yield `${id}: its role is not one of this stack`
    if (roles.has(role)) yield `${id}: shares the role ${role} with ${roles.get(role)}`
    roles.set(role, id)
  }
}

/** What Lambda needs to put a function into a network, and what the function's own code must not do with it. */
function* privacy(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    const statements = statementsOf(template, target(it.Role))
    const held = INTERFACES.filter((action) => statements.some((each) => each.Effect === 'Allow' && list(each.Action).includes(action)))
    if (it.VpcConfig === undefined) {
      for (const action of held) yield `${id}: may ${action}, though it is in no network`
      continue
    }
    if (!(items(it.VpcConfig.SubnetIds).length > 1)) yield `${id}: is in one zone only`
    if (items(it.VpcConfig.SecurityGroupIds).length === 0) yield `${id}: is in a network without a security group`
    for (const action of INTERFACES) if (!held.includes(action)) yield `${id}: Lambda may not ${action} for it`
    const attached = ofType(template, 'AWS::IAM::Policy').filter(([, policy]) => list(policy.Properties.Roles).some((each) => target(each) === target(it.Role)))
    for (const [policy, { Properties: late }] of attached) {
      if (list(late.PolicyDocument.Statement).some((each) => list(each.Action).some((action) => INTERFACES.includes(action)))) {
        yield `${policy}: comes after the function, for whose network Lambda needs it`
      }
    }
    const refused = statements.find((each) => each.Effect === 'Deny' && each.Condition?.ArnEquals?.['lambda:SourceFunctionArn'] !== undefined)
    for (const action of INTERFACES) {
      if (!list(refused?.Action).includes(action)) yield `${id}: its own code may ${action}, which is Lambda's right`
    }
    if (refused !== undefined && !text(refused.Condition.ArnEquals['lambda:SourceFunctionArn']).endsWith(`:function:${it.FunctionName}`)) {
      yield `${id}: the refusal of network interfaces is about another function`
    }
  }
}

/** Where SnapStart is on: what it does not go together with, and that it is used at all, which $LATEST never is. */
function* snapshots(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    if (it.EphemeralStorage === undefined) yield `${id}: does not say how large its /tmp is`
    if (it.SnapStart?.ApplyOn !== 'PublishedVersions') continue
    if (it.EphemeralStorage?.Size > SNAPSHOT_STORAGE_MIB) yield `${id}: SnapStart takes no /tmp of ${it.EphemeralStorage.Size} MiB`
    if (list(it.FileSystemConfigs).length > 0) yield `${id}: SnapStart takes no file system`
    const aliases = ofType(template, 'AWS::Lambda::Alias').filter(([, alias]) => target(alias.Properties.FunctionName) === id)
    if (aliases.length === 0) yield `${id}: has snapshots that no alias leads to`
    if (aliases.some(([, alias]) => alias.Properties.ProvisionedConcurrencyConfig !== undefined)) yield `${id}: SnapStart and provisioned concurrency exclude each other`
    const used = (value) => aliases.some(([alias]) => target(value) === alias)
    for (const rule of ofType(template, 'AWS::S3::Bucket').flatMap(([, bucket]) => list(bucket.Properties.NotificationConfiguration?.LambdaConfigurations))) {
      if (target(rule.Function) === id) yield `${id}: S3 starts it past its snapshots`
    }
    for (const [permission, { Properties: allowed }] of ofType(template, 'AWS::Lambda::Permission')) {
      if (target(allowed.FunctionName) === id && !used(allowed.FunctionName)) yield `${permission}: is for ${id} itself, not for the alias that is invoked`
    }
  }
}

/** Each function the secrets that its work takes, and no other's. */
function* secrets(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    const statements = statementsOf(template, target(it.Role)).filter((each) => each.Effect === 'Allow' && list(each.Action).includes('secretsmanager:GetSecretValue'))
    const stage = it.Environment?.Variables?.INTAKE_STAGE
    for (const resource of statements.flatMap((each) => list(each.Resource)).map(text)) {
      if (resource.endsWith(`:secret:intake/${stage}/*`)) yield `${id}: may read all secrets of the stage`
      for (const [other, secret] of FOREIGN_SECRETS) {
        if (id !== other && matches(resource, `${resource.split(':secret:')[0]}:secret:intake/${stage}/${secret}`)) yield `${id}: may read what only ${other} needs, ${secret}`
      }
    }
  }
}

/** Where the bucket is copied to another region: all of it, encrypted there with a key of its own, by a role that can do nothing else. */
function* replication(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::S3::Bucket')) {
    const configuration = it.ReplicationConfiguration
    if (configuration === undefined) continue
    const [rule, ...more] = list(configuration.Rules)
    if (more.length > 0 || rule.Status !== 'Enabled' || rule.Filter?.Prefix !== '') yield `${id}: not all of it is copied`
    if (rule.SourceSelectionCriteria?.SseKmsEncryptedObjects?.Status !== 'Enabled') yield `${id}: encrypted objects, which all are, are not copied`
    if (rule.DeleteMarkerReplication?.Status !== 'Enabled') yield `${id}: what was done and deleted would be done again from the copy`
    const key = rule.Destination?.EncryptionConfiguration?.ReplicaKmsKeyID
    const role = target(configuration.Role)
    const allowed = new Set(statementsOf(template, role).flatMap((each) => list(each.Action)))
    const taken = id === BACK ? [...REPLICATION, ...LISTED] : REPLICATION
    for (const action of taken) if (!allowed.has(action)) yield `${role}: may not ${action}, which copying takes`
    for (const action of allowed) if (!taken.includes(action)) yield `${role}: may ${action}, which copying does not take`
    if (id === BACK) {
      if (key === undefined) yield `${id}: what goes back is not encrypted with the new bucket's key`
      continue
    }
    if (!text(key ?? '').includes(':kms:')) yield `${id}: its copy is not encrypted with a key of the other region`
    if (rule.Destination?.ReplicationTime?.Status !== 'Enabled') yield `${id}: a large file may take hours to be copied`
    if (rule.Destination?.Metrics?.Status !== 'Enabled') yield `${id}: nobody sees how far behind its copy is`
    const watched = ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties.MetricName)
    for (const metric of ['ReplicationLatency', 'OperationsFailedReplication']) if (!watched.includes(metric)) yield `${id}: no alarm on ${metric}`
  }
}

function* destinations(template) {
  const configurations = new Map(
    ofType(template, 'AWS::Lambda::EventInvokeConfig').map(([, it]) => [target(it.Properties.FunctionName), it.Properties]),
  )
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    if (SYNCHRONOUS_ONLY.has(id)) continue
    const destination = configurations.get(id)?.DestinationConfig?.OnFailure?.Destination
    if (destination === undefined) {
      yield `${id}: no on-failure destination, so an invocation that dies is forgotten`
      continue
    }
    const statements = statementsOf(template, target(it.Role))
    const bucket = text(destination)
    if (!allows(statements, 's3:PutObject', `${bucket}/aws/lambda/async/${it.FunctionName}/2026/x`)) {
      yield `${id}: its role may not write to its on-failure destination`
    }
    if (!allows(statements, 's3:ListBucket', bucket)) yield `${id}: its role may not list its on-failure destination`
    if (!statements.some((statement) => list(statement.Action).includes('kms:GenerateDataKey'))) {
      yield `${id}: its role may not encrypt for its on-failure destination`
    }
  }
}

/** How often an event is tried and how long it waits is said, and Lambda stops no continuation but everything else that turns in circles. */
function* queues(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::EventInvokeConfig')) {
    const name = target(it.FunctionName)
    if (it.MaximumRetryAttempts === undefined) yield `${id}: ${name}'s retries are what Lambda likes`
    if (it.MaximumEventAgeInSeconds === undefined) yield `${id}: ${name}'s events wait as long as Lambda likes`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    if (CONTINUING.has(id) && it.RecursiveLoop !== 'Allow') yield `${id}: Lambda stops its continuations`
    if (!CONTINUING.has(id) && it.RecursiveLoop === 'Allow') yield `${id}: may start itself for ever`
  }
}

/** What the bucket drops by itself: unfinished uploads, with the records that tell of them, and old versions; never what must stay. */
function* ageing(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::S3::Bucket')) {
    if (it.NotificationConfiguration === undefined) continue
    const rules = list(it.LifecycleConfiguration?.Rules).filter((rule) => rule.Status === 'Enabled')
    const whole = rules.filter((rule) => (rule.Prefix ?? '') === '')
    const parts = whole.find((rule) => rule.AbortIncompleteMultipartUpload !== undefined)?.AbortIncompleteMultipartUpload.DaysAfterInitiation
    if (parts === undefined) yield `${id}: keeps the parts of uploads that nobody goes on with`
    else if (parts !== rules.find((rule) => rule.Prefix === 'parked/')?.ExpirationInDays) yield `${id}: parts of unfinished uploads and their records go at different times`
    if (!whole.some((rule) => rule.NoncurrentVersionExpiration?.NoncurrentDays >= VERSION_DAYS)) yield `${id}: old versions stay for ever, or not for ${VERSION_DAYS} days`
    for (const rule of rules.filter((each) => each.ExpirationInDays !== undefined)) {
      for (const kept of KEPT) if (kept.startsWith(rule.Prefix ?? '') || (rule.Prefix ?? '').startsWith(kept)) yield `${id}: drops ${kept}, which must stay`
    }
    if (!rules.some((rule) => rule.Prefix === 'tasks/' && rule.ExpirationInDays > 0)) yield `${id}: keeps tasks for ever`
  }
}

function* notifications(template) {
  const rules = ofType(template, 'AWS::S3::Bucket').flatMap(([bucket, it]) =>
    list(it.Properties.NotificationConfiguration?.LambdaConfigurations).map((rule) => ({
      bucket,
      lambda: target(rule.Function),
      prefix: rule.Filter?.S3Key.Rules.find((each) => each.Name === 'prefix')?.Value ?? '',
    })),
  )
  for (const [index, left] of rules.entries()) {
    if (!left.prefix.endsWith('/')) yield `${left.bucket}: the prefix '${left.prefix}' does not end a folder`
    for (const right of rules.slice(index + 1)) {
      if (left.bucket === right.bucket && (left.prefix.startsWith(right.prefix) || right.prefix.startsWith(left.prefix))) {
        yield `${left.bucket}: the prefixes '${left.prefix}' and '${right.prefix}' overlap`
      }
    }
    const permission = ofType(template, 'AWS::Lambda::Permission').find(
      ([, it]) => target(it.Properties.FunctionName) === left.lambda && it.Properties.Principal === 's3.amazonaws.com',
    )
    if (permission === undefined) yield `${left.bucket}: S3 may not invoke ${left.lambda}`
    else {
      if (permission[1].Properties.SourceAccount === undefined) yield `${permission[0]}: any account's bucket may invoke`
      if (!list(template.Resources[left.bucket].DependsOn).includes(permission[0])) {
        yield `${left.bucket}: does not wait for ${permission[0]}, without which S3 refuses the notification`
      }
    }
  }
  yield* coverage(template, rules)
}

/** Every function starts, every death but the page function's is paged, and that one does not page itself for ever. */
function* coverage(template, rules) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    if (SYNCHRONOUS_ONLY.has(id)) {
      if (rules.some((rule) => rule.lambda === id)) yield `${id}: events start it, whose failures nobody would see`
      continue
    }
    if (!SCHEDULED_ONLY.has(id) && !rules.some((rule) => rule.lambda === id)) yield `${id}: nothing starts it`
    const record = `aws/lambda/async/${it.FunctionName}/2026/x`
    const paged = rules.some((rule) => rule.lambda === 'PageLambdaFunction' && record.startsWith(rule.prefix))
    if (id === 'PageLambdaFunction' && paged) yield `${id}: its own failures start it again`
    if (id !== 'PageLambdaFunction' && !paged) yield `${id}: nobody is paged when it dies`
  }
}

function* wildcards(template) {
  for (const [id, document] of policies(template)) {
    for (const statement of list(document.Statement)) {
      const name = `${id}/${statement.Sid}`
      if (statement.Effect !== 'Allow' || EVERYTHING.has(name)) continue
      for (const resource of list(statement.Resource).map(text)) {
        if (/^\*$|^arn:[^/]*:\*$|:::\*|:::[^/]*\/\*$/.test(resource) && !resource.includes(':log-group:')) {
          yield `${name}: the resource ${resource} is everything`
        }
      }
      for (const action of list(statement.Action)) {
        if (action.includes('*')) yield `${name}: the action ${action} is more than one`
      }
    }
  }
}

function* buckets(template) {
  const policed = ofType(template, 'AWS::S3::BucketPolicy')
  for (const [id, { Properties: it, ...bucket }] of ofType(template, 'AWS::S3::Bucket')) {
    const blocked = it.PublicAccessBlockConfiguration ?? {}
    const blocks = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
    if (!blocks.every((each) => blocked[each] === true)) yield `${id}: public access is not blocked`
    const statements = policed
      .filter(([, policy]) => target(policy.Properties.Bucket) === id)
      .flatMap(([, policy]) => list(policy.Properties.PolicyDocument.Statement))
    const tlsOnly = statements.some(
      (each) => each.Effect === 'Deny' && String(each.Condition?.Bool?.['aws:SecureTransport']) === 'false',
    )
    if (!tlsOnly) yield `${id}: may be used without TLS`
    if (id === 'ServerlessDeploymentBucket') continue // holds our code, no data
    const encryption = it.BucketEncryption?.ServerSideEncryptionConfiguration?.[0]
    if (LOGS.has(id)) {
      // S3 delivers access logs only where it encrypts with its own key
      if (encryption?.ServerSideEncryptionByDefault?.SSEAlgorithm !== 'AES256') yield `${id}: S3 cannot deliver its logs`
    } else if (encryption?.ServerSideEncryptionByDefault?.SSEAlgorithm !== 'aws:kms' || encryption.BucketKeyEnabled !== true) {
      yield `${id}: not encrypted with a KMS key and a bucket key`
    }
    if (it.VersioningConfiguration?.Status !== 'Enabled') yield `${id}: keeps no versions`
    if (!LOGS.has(id) && it.LoggingConfiguration === undefined) yield `${id}: nobody sees who reads it`
  }
}

function* lasting(template) {
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (!LASTING.has(resource.Type) || id === 'ServerlessDeploymentBucket') continue
    if (resource.DeletionPolicy !== 'Retain') yield `${id}: would be deleted with the stack`
    if (resource.UpdateReplacePolicy !== 'Retain') yield `${id}: would be deleted when it is replaced`
  }
}

function* secrecy(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::KMS::Key')) {
    if (it.EnableKeyRotation !== true) yield `${id}: is never rotated`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Logs::LogGroup')) {
    if (it.KmsKeyId === undefined) yield `${id}: not encrypted with our key`
    if (!(it.RetentionInDays > 0)) yield `${id}: kept for ever`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::SecretsManager::Secret')) {
    if (it.KmsKeyId === undefined) yield `${id}: not encrypted with our key`
    if (it.SecretString !== undefined) yield `${id}: its value is in the template`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::SNS::Topic')) {
    if (it.KmsMasterKeyId === undefined) yield `${id}: not encrypted with our key`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Function')) {
    if (it.KmsKeyArn === undefined) yield `${id}: its environment is not encrypted with our key`
    if (it.TracingConfig?.Mode !== 'Active') yield `${id}: is not traced`
  }
}

function* alarms(template) {
  const all = ofType(template, 'AWS::CloudWatch::Alarm')
  for (const [id, { Properties: it }] of all) {
    if (list(it.AlarmActions).length === 0) yield `${id}: tells nobody`
  }
  const watches = (id, metric) =>
    all.some(
      ([, { Properties: it }]) =>
        it.MetricName === metric && list(it.Dimensions).some((each) => target(each.Value) === id),
    )
  for (const [id] of ofType(template, 'AWS::Lambda::Function')) {
    const watched = SYNCHRONOUS_ONLY.has(id) ? WATCHED : [...WATCHED, ...WATCHED_QUEUES]
    for (const metric of watched) if (!watches(id, metric)) yield `${id}: no alarm on ${metric}`
  }
  if (![...SCHEDULED_ONLY].some((id) => template.Resources[id] !== undefined)) return
  const stages = new Set(ofType(template, 'AWS::Lambda::Function').map(([, it]) => it.Properties.Environment?.Variables?.INTAKE_STAGE))
  for (const metric of WATCHED_THEMSELVES) {
    const found = all.map(([, it]) => it.Properties).filter((it) => it.Namespace === 'Intake/Processors' && it.MetricName === metric)
    if (!found.some((it) => list(it.Dimensions).length === 1 && stages.has(it.Dimensions[0].Value))) yield `${metric}: no alarm on it`
    if (metric === 'Sweeps' && !found.some((it) => it.TreatMissingData === 'breaching')) yield `${metric}: no alarm when there are none`
  }
}

/** What the functions need to be told for what watches them. */
function* telling(template) {
  const functions = ofType(template, 'AWS::Lambda::Function')
  for (const [id, { Properties: it }] of functions) {
    const variables = it.Environment?.Variables ?? {}
    if (variables.INTAKE_CLOUDWATCH_METRICS !== 'on') yield `${id}: writes no metrics`
    const groups = new Set((variables.INTAKE_LOG_GROUPS ?? '').split(','))
    for (const [other, { Properties: logging }] of functions) {
      if (SYNCHRONOUS_ONLY.has(other)) continue // works on no job
      if (!groups.has(`/aws/lambda/${logging.FunctionName}`)) yield `${id}: its pages lead past the log of ${other}`
    }
  }
}

/** Who may open what is for people to see, and what that may do. */
function* pages(template) {
  const urls = ofType(template, 'AWS::Lambda::Url')
  for (const [id, { Properties: it }] of urls) {
    if (it.AuthType !== 'AWS_IAM') yield `${id}: open to anybody`
    if (it.Cors !== undefined) yield `${id}: other sites' pages may ask it`
    if (!SYNCHRONOUS_ONLY.has(target(it.TargetFunctionArn))) yield `${id}: opens a function that is not for people`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::Lambda::Permission')) {
    if (it.Principal === '*') yield `${id}: anybody may invoke`
  }
  for (const id of SYNCHRONOUS_ONLY) {
    const it = template.Resources[id]?.Properties
    if (it === undefined) continue
    if (!urls.some(([, url]) => target(url.Properties.TargetFunctionArn) === id)) yield `${id}: nobody can open it`
    for (const action of statementsOf(template, target(it.Role)).flatMap((statement) => list(statement.Action))) {
      if (WRITES.test(action)) yield `${id}: may ${action}, though it only shows`
    }
  }
}

/** What people's policies may do. */
function* people(template) {
  for (const id of ['OperatorPolicy', 'RevealPolicy']) {
    const statements = list(template.Resources[id]?.Properties.PolicyDocument.Statement)
    const bucket = text(statements.find((each) => list(each.Action).includes('s3:ListBucket'))?.Resource[0] ?? '')
    for (const each of NOT_FOR_OPERATORS) {
      const [action, key] = each.split(' ')
      if (allows(statements, action, `${bucket}/${key}`)) yield `${id}: may ${each}`
    }
    if (id !== 'OperatorPolicy') continue
    for (const { Action, Condition, Sid } of statements) {
      if (list(Action).includes('secretsmanager:GetSecretValue')) yield `${id}/${Sid}: may read secrets`
      if (list(Action).includes('lambda:InvokeFunction') && Condition?.Bool?.['lambda:InvokedViaFunctionUrl'] !== 'true') {
        yield `${id}/${Sid}: may say who it is`
      }
    }
  }
}

function* network(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::EC2::SecurityGroup')) {
    for (const rule of list(it.SecurityGroupIngress)) {
      if (rule.CidrIp !== undefined || rule.CidrIpv6 !== undefined) yield `${id}: open to ${rule.CidrIp ?? rule.CidrIpv6}`
    }
    if (list(it.SecurityGroupEgress).length === 0) yield `${id}: may reach everybody`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::EC2::Subnet')) {
    if (it.MapPublicIpOnLaunch !== false) yield `${id}: gives out public addresses`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    const attributes = new Map(list(it.TargetGroupAttributes).map((each) => [each.Key, each.Value]))
    if (attributes.get('proxy_protocol_v2.enabled') !== 'true') yield `${id}: hides partners' addresses`
    if (!(Number(attributes.get('deregistration_delay.timeout_seconds')) > LONGEST_SILENCE_SECONDS)) {
      yield `${id}: a deployment cuts sessions off`
    }
  }
}

function* containers(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ECS::TaskDefinition')) {
    for (const container of it.ContainerDefinitions) {
      if (container.ReadonlyRootFilesystem !== true) yield `${id}: may write to its disk`
      if (!/^[1-9]\d*:[1-9]\d*$/.test(container.User ?? '')) yield `${id}: runs as root`
      if (!list(container.LinuxParameters?.Capabilities?.Drop).includes('ALL')) yield `${id}: keeps capabilities`
      // none: the task is not made until one was pushed
      if (container.Image !== '' && !/@sha256:[0-9a-f]{64}$/.test(text(container.Image))) yield `${id}: its image is not named by its digest`
      for (const { Name, Value } of list(container.Environment)) {
        if (/KEY$|PASSWORD|TOKEN/.test(Name) && typeof Value === 'string') yield `${id}: ${Name} is in the template`
      }
    }
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ECS::Service')) {
    if (it.NetworkConfiguration?.AwsvpcConfiguration?.AssignPublicIp !== 'DISABLED') yield `${id}: has public addresses`
    if (it.DeploymentConfiguration?.MinimumHealthyPercent !== 100) yield `${id}: fewer tasks while it is deployed`
  }
}

/**
 * The template as CloudFormation reads it: resources whose condition is not met left out, each Fn::If its half. All conditions compare
 * what is known when it is packaged.
 */
export function decided(template) {
  const met = (condition) => {
    if (condition['Fn::Equals']) return condition['Fn::Equals'][0] === condition['Fn::Equals'][1]
    if (condition['Fn::Not']) return !met(condition['Fn::Not'][0])
    if (condition['Fn::And']) return condition['Fn::And'].every(met)
    if (condition['Fn::Or']) return condition['Fn::Or'].some(met)
    return named(condition.Condition)
  }
  const named = (name) => met(template.Conditions[name])
  const decide = (value) => {
    if (Array.isArray(value)) return value.map(decide).filter((each) => each !== undefined)
    if (value === null || typeof value !== 'object') return value
    if (value.Ref === 'AWS::NoValue') return undefined
    if (value['Fn::If']) return decide(value['Fn::If'][named(value['Fn::If'][0]) ? 1 : 2])
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decide(each)]).filter(([, each]) => each !== undefined))
  }
  const kept = Object.entries(template.Resources).filter(([, it]) => it.Condition === undefined || named(it.Condition))
  return { ...template, Resources: decide(Object.fromEntries(kept)) }
}

/** All that is wrong with a packaged template, as sentences. */
export function problems(packaged) {
  const template = decided(packaged)
  return [
    functions, privacy, snapshots, secrets, replication, destinations, queues, ageing, notifications, wildcards, buckets, lasting, secrecy, alarms, telling, pages, people, network, containers,
  ].flatMap((check) => [...check(template)])
}
