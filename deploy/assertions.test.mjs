// A check that cannot fail lets through what it was written for: each rule is shown a template that breaks it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import yaml from 'js-yaml'
import alarmsOfOurs from './alarms.cjs'
import { problems } from './assertions.mjs'

const bucketArn = 'arn:${AWS::Partition}:s3:::b-${AWS::AccountId}'
const tls = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }

const lambda = (name, role) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name, Runtime: 'java25', Timeout: 900, ReservedConcurrentExecutions: 1, EphemeralStorage: { Size: 512 },
    Role: { 'Fn::GetAtt': [role, 'Arn'] }, KmsKeyArn: { 'Fn::GetAtt': ['Key', 'Arn'] }, TracingConfig: { Mode: 'Active' },
    Environment: {
      Variables: {
        INTAKE_STAGE: 'dev', INTAKE_CLOUDWATCH_METRICS: 'on',
        INTAKE_LOG_GROUPS: '/aws/lambda/unzip,/aws/lambda/page,/aws/lambda/sweep',
      },
    },
  },
})

const alarms = (id) =>
  Object.fromEntries(
    ['Errors', 'Throttles', 'AsyncEventAge', 'AsyncEventsDropped', 'DestinationDeliveryFailures'].map((metric) => [
      `${id}${metric}`,
      {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { MetricName: metric, Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }], AlarmActions: [{ Ref: 'Topic' }] },
      },
    ]),
  )

/** Alarms on what the functions say of themselves. */
const own = () =>
  Object.fromEntries(
    ['Sweeps', 'PagesWaiting', 'PagesNotSent', 'OldestFile', 'FilesFailed'].map((metric) => [
      `${metric}Alarm`,
      {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          Namespace: 'Intake/Processors', MetricName: metric, Dimensions: [{ Name: 'Stage', Value: 'dev' }],
          TreatMissingData: 'breaching', AlarmActions: [{ Ref: 'Topic' }],
        },
      },
    ]),
  )

const policy = (...statements) => ({
  Type: 'AWS::IAM::ManagedPolicy',
  Properties: { PolicyDocument: { Statement: statements } },
})

const role = (name) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    ManagedPolicyArns: [{ Ref: 'Common' }],
    Policies: [
      {
        PolicyDocument: {
          Statement: [
            { Sid: 'Fail', Effect: 'Allow', Action: 's3:PutObject', Resource: { 'Fn::Sub': `${bucketArn}/aws/lambda/async/${name}/*` } },
          ],
        },
      },
    ],
  },
})

const invoke = (id) => ({
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: { FunctionName: { Ref: id }, MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600, DestinationConfig: { OnFailure: { Destination: { 'Fn::Sub': bucketArn } } } },
})

const permission = (id) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { FunctionName: { 'Fn::GetAtt': [id, 'Arn'] }, Principal: 's3.amazonaws.com', SourceAccount: '1' },
})

const notify = (id, prefix) => ({
  Function: { 'Fn::GetAtt': [id, 'Arn'] },
  Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: prefix }] } },
})

const continuing = ({ Type, Properties }) => ({ Type, Properties: { ...Properties, RecursiveLoop: 'Allow' } })

const good = () => ({
  Resources: {
    UnzipLambdaFunction: continuing(lambda('unzip', 'UnzipRole')),
    PageLambdaFunction: lambda('page', 'PageRole'),
    SweepLambdaFunction: lambda('sweep', 'SweepRole'),
    StatusLambdaFunction: lambda('status', 'StatusRole'),
    StatusUrl: {
      Type: 'AWS::Lambda::Url',
      Properties: { AuthType: 'AWS_IAM', TargetFunctionArn: { 'Fn::GetAtt': ['StatusLambdaFunction', 'Arn'] } },
    },
    UnzipRole: role('unzip'),
    PageRole: role('page'),
    SweepRole: role('sweep'),
    StatusRole: { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [{ Ref: 'Common' }] } },
    OperatorPolicy: policy(
      { Sid: 'List', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [{ 'Fn::Sub': bucketArn }] },
      { Sid: 'Look', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [{ 'Fn::Sub': `${bucketArn}/jobs/*/job.json` }] },
      {
        Sid: 'Open', Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: { 'Fn::GetAtt': ['StatusLambdaFunction', 'Arn'] },
        Condition: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
      },
    ),
    RevealPolicy: policy({ Sid: 'Names', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: { Ref: 'Secret' } }),
    Common: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: {
          Statement: [
            { Sid: 'List', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [{ 'Fn::Sub': bucketArn }] },
            { Sid: 'Key', Effect: 'Allow', Action: ['kms:GenerateDataKey'], Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } },
          ],
        },
      },
    },
    UnzipInvoke: invoke('UnzipLambdaFunction'),
    PageInvoke: invoke('PageLambdaFunction'),
    SweepInvoke: invoke('SweepLambdaFunction'),
    UnzipPermission: permission('UnzipLambdaFunction'),
    PagePermission: permission('PageLambdaFunction'),
    Bucket: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      DependsOn: ['UnzipPermission', 'PagePermission'],
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LoggingConfiguration: { DestinationBucketName: 'logs' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
          ],
        },
        LifecycleConfiguration: {
          Rules: [
            { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
            { Status: 'Enabled', Prefix: 'parked/', ExpirationInDays: 7 },
            { Status: 'Enabled', Prefix: 'tasks/', ExpirationInDays: 30 },
            { Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 30 } },
          ],
        },
        NotificationConfiguration: {
          LambdaConfigurations: [
            notify('UnzipLambdaFunction', 'tasks/unzip/'),
            notify('PageLambdaFunction', 'tasks/page/'),
            notify('PageLambdaFunction', 'aws/lambda/async/sweep/'),
            notify('PageLambdaFunction', 'aws/lambda/async/unzip/'),
          ],
        },
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: [tls] } },
    },
    ...alarms('UnzipLambdaFunction'),
    ...alarms('PageLambdaFunction'),
    ...alarms('SweepLambdaFunction'),
    ...Object.fromEntries(Object.entries(alarms('StatusLambdaFunction')).slice(0, 2)),
    ...own(),
    Key: {
      Type: 'AWS::KMS::Key', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
      Properties: { EnableKeyRotation: true, KeyPolicy: { Statement: [] } },
    },
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { KmsKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] }, RetentionInDays: 90 } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: { Ref: 'Key' } } },
    Secret: {
      Type: 'AWS::SecretsManager::Secret', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain',
      Properties: { KmsKeyId: { Ref: 'Key' } },
    },
    Group: {
      Type: 'AWS::EC2::SecurityGroup',
      Properties: { SecurityGroupIngress: [{ SourcePrefixListId: 'pl' }], SecurityGroupEgress: [{ CidrIp: '255.255.255.255/32' }] },
    },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { MapPublicIpOnLaunch: false } },
    Targets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: {
        TargetGroupAttributes: [
          { Key: 'proxy_protocol_v2.enabled', Value: 'true' },
          { Key: 'deregistration_delay.timeout_seconds', Value: '1200' },
        ],
      },
    },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        ContainerDefinitions: [
          {
            Image: `registry/gateway@sha256:${'0'.repeat(64)}`, User: '65532:65532', ReadonlyRootFilesystem: true,
            LinuxParameters: { Capabilities: { Drop: ['ALL'] } }, Environment: [{ Name: 'INTAKE_STAGE', Value: 'dev' }],
          },
        ],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        NetworkConfiguration: { AwsvpcConfiguration: { AssignPublicIp: 'DISABLED' } },
        DeploymentConfiguration: { MinimumHealthyPercent: 100 },
      },
    },
  },
})

const properties = (template, id) => template.Resources[id].Properties
const container = (template) => properties(template, 'Task').ContainerDefinitions[0]
const attribute = (template, index) => properties(template, 'Targets').TargetGroupAttributes[index]

const rules = (template) => template.Resources.Bucket.Properties.NotificationConfiguration.LambdaConfigurations
const lifecycle = (template) => properties(template, 'Bucket').LifecycleConfiguration.Rules
const statement = (template) => template.Resources.Common.Properties.PolicyDocument.Statement[0]
const unzip = (template) => template.Resources.UnzipLambdaFunction.Properties
const variables = (template) => unzip(template).Environment.Variables
const operator = (template, index) => template.Resources.OperatorPolicy.Properties.PolicyDocument.Statement[index]

/** A function in a network of its partners'. */
const inNetwork = (t) => {
  Object.assign(unzip(t), { VpcConfig: { SubnetIds: { 'Fn::Split': [',', 's-1,s-2'] }, SecurityGroupIds: ['g'] } })
  const actions = [
    'ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface', 'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ]
  const resource = { 'Fn::Sub': 'arn:aws:ec2:r:1:*/*' }
  t.Resources.Interfaces = {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      PolicyDocument: {
        Statement: [
          { Sid: 'Interfaces', Effect: 'Allow', Action: [...actions], Resource: resource },
          {
            Sid: 'Not', Effect: 'Deny', Action: [...actions], Resource: '*',
            Condition: { ArnEquals: { 'lambda:SourceFunctionArn': { 'Fn::Sub': 'arn:aws:lambda:r:1:function:unzip' } } },
          },
        ],
      },
    },
  }
  properties(t, 'UnzipRole').ManagedPolicyArns.push({ Ref: 'Interfaces' })
  return t.Resources.Interfaces.Properties.PolicyDocument.Statement
}

/** A bucket that is copied elsewhere. */
const copied = (t) => {
  const statements = [
    ['s3:GetReplicationConfiguration', 's3:ListBucket', 's3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
    ['s3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 'kms:Decrypt', 'kms:Encrypt'],
  ].map((Action, index) => ({ Sid: `S${index}`, Effect: 'Allow', Action, Resource: { 'Fn::GetAtt': ['Key', 'Arn'] } }))
  t.Resources.CopyRole = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: statements } }] } }
  for (const metric of ['ReplicationLatency', 'OperationsFailedReplication']) {
    t.Resources[metric] = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: metric, AlarmActions: [{ Ref: 'Topic' }] } }
  }
  const rule = {
    Status: 'Enabled', Filter: { Prefix: '' }, DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
    Destination: { EncryptionConfiguration: { ReplicaKmsKeyID: 'arn:aws:kms:r:1:key/k' }, Metrics: { Status: 'Enabled' }, ReplicationTime: { Status: 'Enabled' } },
  }
  properties(t, 'Bucket').ReplicationConfiguration = { Role: { 'Fn::GetAtt': ['CopyRole', 'Arn'] }, Rules: [rule] }
  return { rule, statements }
}

/** A function of which there are snapshots, and what starts it. */
const snapped = (t) => {
  unzip(t).SnapStart = { ApplyOn: 'PublishedVersions' }
  t.Resources.UnzipAlias = { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'UnzipLambdaFunction' } } }
  t.Resources.UnzipInvoke.Properties.FunctionName = { Ref: 'UnzipLambdaFunction' }
}

/** A policy attached to a role. */
const attached = (...statements) => ({
  Type: 'AWS::IAM::Policy',
  Properties: { Roles: [{ Ref: 'StatusRole' }], PolicyDocument: { Statement: statements } },
})

test('a good template has no problems', () => assert.deepEqual(problems(good()), []))

test('a function in a network that may do what that takes has no problems', () => {
  const template = good()
  inNetwork(template)
  assert.deepEqual(problems(template), [])
})

test('a bucket with a copy has no problems', () => {
  const template = good()
  copied(template)
  assert.deepEqual(problems(template), [])
})

test('what a condition leaves out does not count', () => {
  const template = good()
  template.Conditions = { Wanted: { 'Fn::Not': [{ 'Fn::Equals': ['', ''] }] } }
  template.Resources.More = { Condition: 'Wanted', ...attached({ Sid: 'S', Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }) }
  unzip(template).VpcConfig = { 'Fn::If': ['Wanted', { SubnetIds: ['s'] }, { Ref: 'AWS::NoValue' }] }
  assert.deepEqual(problems(template), [])
  template.Conditions.Wanted['Fn::Not'][0]['Fn::Equals'][1] = 'x'
  assert.match(problems(template).join('\n'), /More\/S: the resource \* is everything/)
  assert.match(problems(template).join('\n'), /UnzipLambdaFunction: is in one zone only/)
})

const broken = [
  ['an unknown runtime', (t) => { unzip(t).Runtime = 'java26' }, /runtime java26/],
  ['too long a timeout', (t) => { unzip(t).Timeout = 1200 }, /timeout 1200/],
  ['no timeout', (t) => { delete unzip(t).Timeout }, /timeout undefined/],
  ['no concurrency', (t) => { delete unzip(t).ReservedConcurrentExecutions }, /no reserved concurrency/],
  ['a shared role', (t) => { unzip(t).Role = { 'Fn::GetAtt': ['PageRole', 'Arn'] } }, /shares the role PageRole/],
  ['a foreign role', (t) => { unzip(t).Role = 'arn:aws:iam::1:role/x' }, /not one of this stack/],
  ['no destination', (t) => { delete t.Resources.UnzipInvoke }, /UnzipLambdaFunction: no on-failure destination/],
  ['a destination without permission', (t) => { t.Resources.UnzipRole = role('other') }, /may not write to its on-failure/],
  ['a destination that cannot be listed', (t) => { statement(t).Action = ['s3:GetObject'] }, /may not list/],
  ['retries of any number', (t) => { delete properties(t, 'UnzipInvoke').MaximumRetryAttempts }, /retries are what Lambda likes/],
  ['events of any age', (t) => { delete properties(t, 'UnzipInvoke').MaximumEventAgeInSeconds }, /wait as long as Lambda likes/],
  ['a continuation that Lambda stops', (t) => { delete unzip(t).RecursiveLoop }, /UnzipLambdaFunction: Lambda stops its continuations/],
  ['a loop that nobody stops', (t) => { properties(t, 'PageLambdaFunction').RecursiveLoop = 'Allow' }, /may start itself for ever/],
  ['parts for ever', (t) => { lifecycle(t).shift() }, /parts of uploads that nobody goes on with/],
  ['a rule that is off', (t) => { lifecycle(t)[0].Status = 'Disabled' }, /parts of uploads that nobody goes on with/],
  ['a record without its parts', (t) => { lifecycle(t)[0].AbortIncompleteMultipartUpload.DaysAfterInitiation = 3 }, /go at different times/],
  ['versions for a day', (t) => { lifecycle(t)[3].NoncurrentVersionExpiration.NoncurrentDays = 1 }, /not for 30 days/],
  ['originals that expire', (t) => { lifecycle(t).push({ Status: 'Enabled', Prefix: 'inbound/p/', ExpirationInDays: 400 }) }, /drops inbound\//],
  ['everything that expires', (t) => { lifecycle(t).push({ Status: 'Enabled', ExpirationInDays: 400 }) }, /drops audit\//],
  ['tasks for ever', (t) => { lifecycle(t).splice(2, 1) }, /keeps tasks for ever/],
  ['overlapping prefixes', (t) => { rules(t).push(notify('UnzipLambdaFunction', 'tasks/')) }, /overlap/],
  ['equal prefixes', (t) => { rules(t).push(notify('PageLambdaFunction', 'tasks/unzip/')) }, /overlap/],
  ['half a folder', (t) => { rules(t)[0] = notify('UnzipLambdaFunction', 'tasks/unz') }, /does not end a folder/],
  ['no permission for S3', (t) => { delete t.Resources.UnzipPermission }, /may not invoke UnzipLambdaFunction/],
  ['a permission for anybody', (t) => { delete t.Resources.UnzipPermission.Properties.SourceAccount }, /any account/],
  ['a bucket before its permissions', (t) => { t.Resources.Bucket.DependsOn = ['PagePermission'] }, /does not wait/],
  ['a function that nothing starts', (t) => { rules(t).shift() }, /nothing starts it/],
  ['a silent death', (t) => { rules(t).pop() }, /nobody is paged/],
  ['a page that pages itself', (t) => { rules(t).push(notify('PageLambdaFunction', 'aws/lambda/async/page/')) }, /start it again/],
  ['a resource that is everything', (t) => { statement(t).Resource = '*' }, /Common\/List: the resource \* is everything/],
  ['a whole bucket', (t) => { statement(t).Resource.push({ 'Fn::Sub': `${bucketArn}/*` }) }, /is everything/],
  ['an action that is many', (t) => { statement(t).Action.push('s3:*') }, /action s3:\*/],
  ['a public bucket', (t) => { delete t.Resources.Bucket.Properties.PublicAccessBlockConfiguration }, /public access/],
  ['a bucket without TLS', (t) => { delete t.Resources.BucketPolicy }, /without TLS/],
  ['a bucket in the clear', (t) => { delete t.Resources.Bucket.Properties.BucketEncryption }, /not encrypted/],
  ['a bucket that forgets', (t) => { delete t.Resources.Bucket.Properties.VersioningConfiguration }, /no versions/],
  ['a bucket that nobody watches', (t) => { delete properties(t, 'Bucket').LoggingConfiguration }, /nobody sees who reads/],
  ['a secret that goes with the stack', (t) => { delete t.Resources.Secret.DeletionPolicy }, /Secret: would be deleted with/],
  ['a key that goes when replaced', (t) => { delete t.Resources.Key.UpdateReplacePolicy }, /Key: would be deleted when/],
  ['a key for ever', (t) => { properties(t, 'Key').EnableKeyRotation = false }, /never rotated/],
  ['a log in the clear', (t) => { delete properties(t, 'Log').KmsKeyId }, /Log: not encrypted/],
  ['a log for ever', (t) => { delete properties(t, 'Log').RetentionInDays }, /kept for ever/],
  ['a secret in the template', (t) => { properties(t, 'Secret').SecretString = 'x' }, /its value is in the template/],
  ['a secret with anybody\'s key', (t) => { delete properties(t, 'Secret').KmsKeyId }, /Secret: not encrypted/],
  ['a topic in the clear', (t) => { delete properties(t, 'Topic').KmsMasterKeyId }, /Topic: not encrypted/],
  ['an environment in the clear', (t) => { delete unzip(t).KmsKeyArn }, /environment is not encrypted/],
  ['a function without traces', (t) => { delete unzip(t).TracingConfig }, /not traced/],
  ['a function without an alarm', (t) => { delete t.Resources.UnzipLambdaFunctionThrottles }, /no alarm on Throttles/],
  ['an alarm that tells nobody', (t) => { delete properties(t, 'UnzipLambdaFunctionErrors').AlarmActions }, /tells nobody/],
  ['a sweep whose silence nobody hears', (t) => { properties(t, 'SweepsAlarm').TreatMissingData = 'notBreaching' }, /no alarm when there are none/],
  ['a metric without an alarm', (t) => { delete t.Resources.PagesWaitingAlarm }, /PagesWaiting: no alarm/],
  ['an alarm on another stage', (t) => { properties(t, 'FilesFailedAlarm').Dimensions[0].Value = 'prod' }, /FilesFailed: no alarm/],
  ['a function without metrics', (t) => { delete variables(t).INTAKE_CLOUDWATCH_METRICS }, /UnzipLambdaFunction: writes no metrics/],
  ['a page that leads past a log', (t) => { variables(t).INTAKE_LOG_GROUPS = '/aws/lambda/unzip,/aws/lambda/page' }, /past the log of SweepLambdaFunction/],
  ['a page open to anybody', (t) => { properties(t, 'StatusUrl').AuthType = 'NONE' }, /StatusUrl: open to anybody/],
  ['a page for other sites', (t) => { properties(t, 'StatusUrl').Cors = {} }, /other sites' pages/],
  ['a page that nobody can open', (t) => { delete t.Resources.StatusUrl }, /StatusLambdaFunction: nobody can open it/],
  ['a URL of a function for events', (t) => { properties(t, 'StatusUrl').TargetFunctionArn = { Ref: 'UnzipLambdaFunction' } }, /not for people/],
  ['a page that events start', (t) => { rules(t).push(notify('StatusLambdaFunction', 'jobs/')) }, /whose failures nobody would see/],
  ['a page without an alarm', (t) => { delete t.Resources.StatusLambdaFunctionErrors }, /StatusLambdaFunction: no alarm on Errors/],
  [
    'a page that writes',
    (t) => { t.Resources.More = attached({ Sid: 'S', Effect: 'Allow', Action: ['s3:PutObject'], Resource: { 'Fn::Sub': `${bucketArn}/jobs/*` } }) },
    /StatusLambdaFunction: may s3:PutObject/,
  ],
  [
    'a page with a secret',
    (t) => { t.Resources.More = attached({ Sid: 'S', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: 'Secret' } }) },
    /StatusLambdaFunction: may secretsmanager:GetSecretValue/,
  ],
  [
    'everything, attached',
    (t) => { t.Resources.More = attached({ Sid: 'S', Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }) },
    /More\/S: the resource \* is everything/,
  ],
  [
    'a permission for the world',
    (t) => { t.Resources.World = { Type: 'AWS::Lambda::Permission', Properties: { Principal: '*' } } },
    /World: anybody may invoke/,
  ],
  ['an operator who reads files', (t) => { operator(t, 1).Resource.push({ 'Fn::Sub': `${bucketArn}/jobs/*` }) }, /may s3:GetObject jobs\/j\/entries/],
  ['an operator with secrets', (t) => { operator(t, 1).Action.push('secretsmanager:GetSecretValue') }, /OperatorPolicy\/Look: may read secrets/],
  ['an operator who speaks for others', (t) => { delete operator(t, 2).Condition }, /OperatorPolicy\/Open: may say who it is/],
  ['a group open to all', (t) => { properties(t, 'Group').SecurityGroupIngress.push({ CidrIp: '0.0.0.0/0' }) }, /open to 0/],
  ['a group that reaches all', (t) => { delete properties(t, 'Group').SecurityGroupEgress }, /may reach everybody/],
  ['a subnet with public addresses', (t) => { properties(t, 'Subnet').MapPublicIpOnLaunch = true }, /public addresses/],
  ['partners without addresses', (t) => { attribute(t, 0).Value = 'false' }, /hides partners' addresses/],
  ['a deployment that cuts off', (t) => { attribute(t, 1).Value = '300' }, /cuts sessions off/],
  ['a disk to write to', (t) => { delete container(t).ReadonlyRootFilesystem }, /may write to its disk/],
  ['a root user', (t) => { delete container(t).User }, /runs as root/],
  ['capabilities', (t) => { delete container(t).LinuxParameters }, /keeps capabilities/],
  ['an image that may change', (t) => { container(t).Image = 'registry/gateway:latest' }, /not named by its digest/],
  ['a key in the environment', (t) => { container(t).Environment.push({ Name: 'INTAKE_AUDIT_KEY', Value: '0' }) }, /in the template/],
  ['a public task', (t) => { delete properties(t, 'Service').NetworkConfiguration }, /has public addresses/],
  ['a deployment with fewer', (t) => { properties(t, 'Service').DeploymentConfiguration.MinimumHealthyPercent = 50 }, /fewer tasks/],
  ['a /tmp of whatever size', (t) => { delete unzip(t).EphemeralStorage }, /does not say how large its \/tmp is/],
  ['one zone', (t) => { inNetwork(t); unzip(t).VpcConfig.SubnetIds = ['s-1'] }, /in one zone only/],
  ['no group', (t) => { inNetwork(t); delete unzip(t).VpcConfig.SecurityGroupIds }, /without a security group/],
  ['no interface', (t) => { inNetwork(t)[0].Action.pop() }, /Lambda may not ec2:UnassignPrivateIpAddresses for it/],
  ['interfaces for nothing', (t) => { inNetwork(t); delete unzip(t).VpcConfig }, /may ec2:CreateNetworkInterface, though it is in no network/],
  ['interfaces for its code', (t) => { inNetwork(t).pop() }, /its own code may ec2:CreateNetworkInterface/],
  ['a refusal for another', (t) => { inNetwork(t)[1].Condition.ArnEquals['lambda:SourceFunctionArn'] = 'arn:aws:lambda:r:1:function:page' }, /about another function/],
  [
    'a network too early',
    (t) => {
      inNetwork(t)
      t.Resources.Interfaces.Type = 'AWS::IAM::Policy'
      properties(t, 'Interfaces').Roles = [{ Ref: 'UnzipRole' }]
    },
    /Interfaces: comes after the function/,
  ],
  ['a snapshot that nobody uses', (t) => { snapped(t); delete t.Resources.UnzipAlias }, /snapshots that no alias leads to/],
  ['a snapshot that S3 passes by', (t) => { snapped(t) }, /S3 starts it past its snapshots/],
  ['a permission for $LATEST', (t) => { snapped(t) }, /UnzipPermission: is for UnzipLambdaFunction itself/],
  ['a snapshot with a large /tmp', (t) => { snapped(t); unzip(t).EphemeralStorage.Size = 1024 }, /takes no \/tmp of 1024 MiB/],
  ['a snapshot with a file system', (t) => { snapped(t); unzip(t).FileSystemConfigs = [{}] }, /takes no file system/],
  [
    'a snapshot that is kept warm',
    (t) => { snapped(t); properties(t, 'UnzipAlias').ProvisionedConcurrencyConfig = {} },
    /exclude each other/,
  ],
  [
    'all secrets',
    (t) => { statement(t).Action.push('secretsmanager:GetSecretValue'); statement(t).Resource.push('arn:aws:secretsmanager:r:1:secret:intake/dev/*') },
    /may read all secrets of the stage/,
  ],
  [
    'secrets of another function',
    (t) => { statement(t).Action.push('secretsmanager:GetSecretValue'); statement(t).Resource.push('arn:aws:secretsmanager:r:1:secret:intake/dev/engines/*') },
    /UnzipLambdaFunction: may read what only ForwardLambdaFunction needs/,
  ],
  ['half a copy', (t) => { copied(t).rule.Filter.Prefix = 'inbound/' }, /not all of it is copied/],
  ['a copy of what is in the clear', (t) => { delete copied(t).rule.SourceSelectionCriteria }, /encrypted objects, which all are/],
  ['a copy that forgets deletions', (t) => { copied(t).rule.DeleteMarkerReplication.Status = 'Disabled' }, /would be done again from the copy/],
  ['a copy in the clear', (t) => { delete copied(t).rule.Destination.EncryptionConfiguration }, /not encrypted with a key of the other region/],
  ['a copy that takes its time', (t) => { delete copied(t).rule.Destination.ReplicationTime }, /may take hours to be copied/],
  ['a copy that nobody watches', (t) => { delete copied(t).rule.Destination.Metrics }, /nobody sees how far behind/],
  ['a copy without an alarm', (t) => { copied(t); delete t.Resources.ReplicationLatency }, /no alarm on ReplicationLatency/],
  ['a copy that may not be made', (t) => { copied(t).statements[1].Action.pop() }, /CopyRole: may not kms:Encrypt/],
  ['a copier that reads', (t) => { copied(t).statements[1].Action.push('s3:GetObject') }, /CopyRole: may s3:GetObject/],
  ['a bucket that goes with the stack', (t) => { delete t.Resources.Bucket.DeletionPolicy }, /deleted with the stack/],
]

for (const [name, spoil, expected] of broken) {
  test(`${name} is a problem`, () => {
    const template = good()
    spoil(template)
    assert.match(problems(template).join('\n'), expected)
  })
}

test('alarms and the dashboard are about metrics that the functions have', async () => {
  const java = readFileSync(new URL('../processors/src/main/java/io/intake/processors/telemetry/Metric.java', import.meta.url), 'utf8')
  const known = new Set([...java.matchAll(/^ +[A-Z_]+\("([A-Za-z]+)", Unit\./gm)].map((match) => match[1]))
  const { Resources } = await alarmsOfOurs({ resolveVariable: async (name) => (name === 'self:custom.stage' ? 'dev' : '') })
  const alarmed = Object.values(Resources).map((it) => it.Properties)
    .filter((it) => it.Namespace === 'Intake/Processors').map((it) => it.MetricName)
  const { widgets } = JSON.parse(Resources.Dashboard.Properties.DashboardBody['Fn::Sub'])
  const shown = widgets.flatMap((widget) => widget.properties.metrics).flatMap(([first, metric]) =>
    first === 'Intake/Processors' || first === '.' ? [metric] : (first.expression?.match(/MetricName="(\w+)"/) ?? []).slice(1))
  assert.equal(alarmed.length, 5)
  assert.ok(shown.length > 15)
  for (const metric of [...alarmed, ...shown]) assert.ok(known.has(metric), `no metric ${metric}`)
})

test('no widget lies on another', async () => {
  const { Resources } = await alarmsOfOurs({ resolveVariable: async () => '' })
  const { widgets } = JSON.parse(Resources.Dashboard.Properties.DashboardBody['Fn::Sub'])
  assert.equal(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size, widgets.length)
})

test('the copy in another region keeps nothing longer than the bucket does, and drops nothing sooner', () => {
  const rules = (file, bucket) => {
    const { Resources } = yaml.load(readFileSync(new URL(file, import.meta.url), 'utf8'))
    return Resources[bucket].Properties.LifecycleConfiguration.Rules.filter((it) => it.ExpirationInDays !== undefined)
      .map((it) => `${it.Prefix} ${it.ObjectSizeGreaterThan ?? ''} ${it.ExpirationInDays}`).sort()
  }
  assert.deepEqual(rules('replica.yml', 'Replica'), rules('bucket.yml', 'Bucket'))
})

test('the way back from the copy is checked as the way there', () => {
  const replica = () => yaml.load(readFileSync(new URL('replica.yml', import.meta.url), 'utf8'))
  const spoiled = (spoil) => {
    const template = replica()
    spoil(template)
    return problems(template).join('\n')
  }
  const rule = (t) => properties(t, 'Replica').ReplicationConfiguration['Fn::If'][1].Rules[0]
  const statements = (t) => properties(t, 'RestoreRole').Policies[0].PolicyDocument.Statement
  assert.deepEqual(problems(replica()), [])
  assert.match(spoiled((t) => statements(t)[1].Action.shift()), /RestoreRole: may not s3:InitiateReplication/)
  assert.match(spoiled((t) => statements(t)[0].Action.push('s3:DeleteObject')), /RestoreRole: may s3:DeleteObject/)
  assert.match(spoiled((t) => delete rule(t).SourceSelectionCriteria), /encrypted objects, which all are/)
  assert.match(spoiled((t) => delete rule(t).Destination.EncryptionConfiguration), /new bucket's key/)
})
