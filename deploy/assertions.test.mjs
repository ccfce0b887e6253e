// A check that cannot fail lets through what it was written for: each rule is shown a template that breaks it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problems } from './assertions.mjs'

const bucketArn = 'arn:${AWS::Partition}:s3:::b-${AWS::AccountId}'
const tls = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }

const lambda = (name, role) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name, Runtime: 'java25', Timeout: 900, ReservedConcurrentExecutions: 1,
    Role: { 'Fn::GetAtt': [role, 'Arn'] },
  },
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
  Properties: { FunctionName: { Ref: id }, DestinationConfig: { OnFailure: { Destination: { 'Fn::Sub': bucketArn } } } },
})

const permission = (id) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { FunctionName: { 'Fn::GetAtt': [id, 'Arn'] }, Principal: 's3.amazonaws.com', SourceAccount: '1' },
})

const notify = (id, prefix) => ({
  Function: { 'Fn::GetAtt': [id, 'Arn'] },
  Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: prefix }] } },
})

const good = () => ({
  Resources: {
    UnzipLambdaFunction: lambda('unzip', 'UnzipRole'),
    PageLambdaFunction: lambda('page', 'PageRole'),
    UnzipRole: role('unzip'),
    PageRole: role('page'),
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
    UnzipPermission: permission('UnzipLambdaFunction'),
    PagePermission: permission('PageLambdaFunction'),
    Bucket: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      DependsOn: ['UnzipPermission', 'PagePermission'],
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [
            { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
          ],
        },
        NotificationConfiguration: {
          LambdaConfigurations: [
            notify('UnzipLambdaFunction', 'tasks/unzip/'),
            notify('PageLambdaFunction', 'tasks/page/'),
            notify('PageLambdaFunction', 'aws/lambda/async/unzip/'),
          ],
        },
      },
    },
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: { Statement: [tls] } },
    },
  },
})

const rules = (template) => template.Resources.Bucket.Properties.NotificationConfiguration.LambdaConfigurations
const statement = (template) => template.Resources.Common.Properties.PolicyDocument.Statement[0]
const unzip = (template) => template.Resources.UnzipLambdaFunction.Properties

test('a good template has no problems', () => assert.deepEqual(problems(good()), []))

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
  ['a bucket that goes with the stack', (t) => { delete t.Resources.Bucket.DeletionPolicy }, /deleted with the stack/],
]

for (const [name, spoil, expected] of broken) {
  test(`${name} is a problem`, () => {
    const template = good()
    spoil(template)
    assert.match(problems(template).join('\n'), expected)
  })
}
