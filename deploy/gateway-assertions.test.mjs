// A check that cannot fail lets through what it was written for: each rule is shown a gateway that breaks it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatewayProblems } from './gateway-assertions.mjs'

const alarm = (metric, missing) => ({
  Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: metric, TreatMissingData: missing, AlarmActions: [{ Ref: 'Topic' }] },
})

const follow = (metric) => ({
  Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
  Properties: {
    ScalingTargetId: { Ref: 'Scale' },
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 60, ScaleOutCooldown: 60, ScaleInCooldown: 3600, CustomizedMetricSpecification: { MetricName: metric },
    },
  },
})

const good = () => ({
  Resources: {
    AddressA: { Type: 'AWS::EC2::EIP' },
    AddressB: { Type: 'AWS::EC2::EIP' },
    BalancerGroup: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ SourcePrefixListId: { Ref: 'Partners' } }] } },
    TaskGroup: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupIngress: [{ SourceSecurityGroupId: { Ref: 'BalancerGroup' } }] } },
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: {
        SecurityGroups: [{ Ref: 'BalancerGroup' }],
        SubnetMappings: ['A', 'B'].map((zone) => ({ SubnetId: { Ref: `Subnet${zone}` }, AllocationId: { 'Fn::GetAtt': [`Address${zone}`, 'AllocationId'] } })),
        LoadBalancerAttributes: [
          { Key: 'load_balancing.cross_zone.enabled', Value: 'true' }, { Key: 'deletion_protection.enabled', Value: 'true' },
        ],
      },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: { ListenerAttributes: [{ Key: 'tcp.idle_timeout.seconds', Value: '1200' }] },
    },
    Targets: {
      Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
      Properties: {
        HealthCheckProtocol: 'TCP', HealthCheckIntervalSeconds: 10,
        TargetGroupAttributes: [{ Key: 'preserve_client_ip.enabled', Value: 'false' }],
      },
    },
    Log: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain' },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        TaskRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, ExecutionRoleArn: { 'Fn::GetAtt': ['StartRole', 'Arn'] },
        ContainerDefinitions: [
          {
            StopTimeout: 120, Environment: [{ Name: 'INTAKE_DRAIN_TIMEOUT', Value: '75s' }],
            LogConfiguration: { LogDriver: 'awslogs', Options: { 'awslogs-group': { Ref: 'Log' } } },
          },
        ],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      Properties: {
        EnableExecuteCommand: false, LoadBalancers: [{}],
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Rollback: true } },
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [{ Ref: 'PrivateA' }, { Ref: 'PrivateB' }], SecurityGroups: [{ Ref: 'TaskGroup' }] } },
      },
    },
    Scale: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: { ResourceId: { 'Fn::Sub': 'service/${Cluster}/${Service.Name}' }, MinCapacity: 2, MaxCapacity: 6 },
    },
    ByMemory: follow('UploadMemoryUsed'),
    BySessions: follow('SessionsUsed'),
    Down: alarm('HealthyHostCount', 'breaching'),
    Unhealthy: alarm('UnHealthyHostCount', 'notBreaching'),
    Silent: alarm('Ready', 'breaching'),
    Memory: alarm('UploadMemoryUsed', 'notBreaching'),
    Errors: alarm('StoreErrors', 'notBreaching'),
  },
})

const of = (template, id) => template.Resources[id].Properties
const container = (template) => of(template, 'Task').ContainerDefinitions[0]
const inside = (template) => of(template, 'Service').NetworkConfiguration.AwsvpcConfiguration

test('a good gateway has no problems', () => assert.deepEqual(gatewayProblems(good()), []))

test('without an image there is no service, and nothing to say of it', () => {
  const template = good()
  for (const id of ['Service', 'Task', 'Scale', 'ByMemory', 'BySessions', 'Down', 'Memory']) delete template.Resources[id]
  assert.deepEqual(gatewayProblems(template), [])
})

const broken = [
  ['one zone', (t) => { of(t, 'Balancer').SubnetMappings.pop() }, /Balancer: is in one zone only/],
  ['two addresses in one zone', (t) => { of(t, 'Balancer').SubnetMappings[1].SubnetId = { Ref: 'SubnetA' } }, /Balancer: is in one zone only/],
  ['an address that AWS chooses', (t) => { delete of(t, 'Balancer').SubnetMappings[0].AllocationId }, /address that changes/],
  ['an address twice', (t) => { of(t, 'Balancer').SubnetMappings[1].AllocationId = { 'Fn::GetAtt': ['AddressA', 'AllocationId'] } }, /one address twice/],
  ['no group', (t) => { delete of(t, 'Balancer').SecurityGroups }, /anybody may connect/],
  ['a balancer that may be deleted', (t) => { of(t, 'Balancer').LoadBalancerAttributes.pop() }, /torn down with the stack/],
  ['zones by themselves', (t) => { of(t, 'Balancer').LoadBalancerAttributes.shift() }, /leads nowhere while its zone/],
  ['a short silence', (t) => { of(t, 'Listener').ListenerAttributes[0].Value = '350' }, /drops silent sessions/],
  ['no health check', (t) => { delete of(t, 'Targets').HealthCheckProtocol }, /tasks that do not answer/],
  ['a seldom health check', (t) => { of(t, 'Targets').HealthCheckIntervalSeconds = 300 }, /tasks that do not answer/],
  ['two addresses of a client', (t) => { of(t, 'Targets').TargetGroupAttributes = [] }, /in two ways/],
  ['a network that is no partner', (t) => { of(t, 'BalancerGroup').SecurityGroupIngress.push({ CidrIp: '10.0.0.0/8' }) }, /others than partners/],
  ['a way past the balancer', (t) => { of(t, 'TaskGroup').SecurityGroupIngress.push({ SourcePrefixListId: 'pl' }) }, /others than the load balancer/],
  ['tasks in one zone', (t) => { inside(t).Subnets.pop() }, /Service: is in one zone only/],
  ['tasks that nobody is sent to', (t) => { delete of(t, 'Service').LoadBalancers }, /nobody is sent to it/],
  ['no way back', (t) => { of(t, 'Service').DeploymentConfiguration.DeploymentCircuitBreaker.Rollback = false }, /does not start/],
  ['a shell', (t) => { delete of(t, 'Service').EnableExecuteCommand }, /a shell for people/],
  ['a fixed size', (t) => { delete t.Resources.Scale }, /as large as it is/],
  ['no room to grow', (t) => { of(t, 'Scale').MaxCapacity = 2 }, /cannot grow/],
  ['sessions that do not count', (t) => { delete t.Resources.BySessions }, /does not follow SessionsUsed/],
  ['a budget that does not count', (t) => { delete t.Resources.ByMemory }, /does not follow UploadMemoryUsed/],
  [
    'tasks that come and go',
    (t) => { of(t, 'BySessions').TargetTrackingScalingPolicyConfiguration.ScaleInCooldown = 60 },
    /takes tasks away as fast/,
  ],
  ['no alarm on what is down', (t) => { delete t.Resources.Down }, /no alarm on HealthyHostCount/],
  ['silence that is taken for health', (t) => { of(t, 'Silent').TreatMissingData = 'notBreaching' }, /no alarm when there is no Ready/],
  ['an alarm that tells nobody', (t) => { delete of(t, 'Memory').AlarmActions }, /no alarm on UploadMemoryUsed/],
  ['one role for both', (t) => { of(t, 'Task').TaskRoleArn = of(t, 'Task').ExecutionRoleArn }, /rights of what starts it/],
  ['no time to park', (t) => { container(t).StopTimeout = 90 }, /killed before its uploads are parked/],
  ['an unknown time to park', (t) => { container(t).Environment = [] }, /killed before its uploads are parked/],
  ['no log', (t) => { delete container(t).LogConfiguration }, /kept nowhere/],
  ['a log that goes with the stack', (t) => { delete t.Resources.Log.DeletionPolicy }, /goes with the stack/],
]

for (const [name, spoil, expected] of broken) {
  test(`${name} is a problem`, () => {
    const template = good()
    spoil(template)
    assert.match(gatewayProblems(template).join('\n'), expected)
  })
}
