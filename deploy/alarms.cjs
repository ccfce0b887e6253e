// Alarms and the dashboard: the second way to a person, which holds when the pager's own functions do not. One alarm for each
// function and cause, so that its name says where to look.

/** Those that events start. */
const ASYNCHRONOUS = ['intake', 'unzip', 'stitch', 'forward', 'page', 'sweep']
const FUNCTIONS = [...ASYNCHRONOUS, 'status']
const TOPIC = { Ref: 'AlarmTopic' }

const logical = (name) => name.replace(/(^|-)([a-z])/g, (_, dash, letter) => letter.toUpperCase())

/** What each function is watched for: beyond how much, in how many periods of five minutes. */
const PER_FUNCTION = [
  { id: 'Errors', metric: 'Errors', over: 0, of: 1, why: 'invocations end with an error' },
  { id: 'Throttles', metric: 'Throttles', over: 0, of: 3, why: 'invocations wait for concurrency: raise reservedConcurrency' },
]

/** And those that have a queue of events. */
const PER_QUEUE = [
  { id: 'Backlog', metric: 'AsyncEventAge', statistic: 'Maximum', over: 3_600_000, of: 1, why: 'events wait for an hour' },
  { id: 'Dropped', metric: 'AsyncEventsDropped', over: 0, of: 1, why: 'Lambda gave events up; the sweeper finds their files' },
  { id: 'Undelivered', metric: 'DestinationDeliveryFailures', over: 0, of: 1, why: 'the record of a failure could not be written' },
]

const alarm = (stage, name, why, properties) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmName: `intake-${stage}-${name}`,
    AlarmDescription: `${why}. docs/deploy.md, "Alarms"`,
    ComparisonOperator: 'GreaterThanThreshold',
    Period: 300,
    Statistic: 'Sum',
    TreatMissingData: 'notBreaching',
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
    ...properties,
  },
})

const functionAlarms = (stage) =>
  FUNCTIONS.flatMap((name) =>
    [...PER_FUNCTION, ...(ASYNCHRONOUS.includes(name) ? PER_QUEUE : [])].map((it) => [
      `${logical(name)}${it.id}Alarm`,
      alarm(stage, `${name}-${it.id.toLowerCase()}`, `${name}: ${it.why}`, {
        Namespace: 'AWS/Lambda',
        MetricName: it.metric,
        Dimensions: [{ Name: 'FunctionName', Value: { Ref: `${logical(name)}LambdaFunction` } }],
        Statistic: it.statistic ?? 'Sum',
        Threshold: it.over,
        EvaluationPeriods: it.of,
        DatapointsToAlarm: it.of,
      }),
    ]),
  )

/** What the functions say themselves: names as in io.intake.processors.telemetry.Metric. */
const processorAlarms = (stage) => {
  const functions = { Namespace: 'Intake/Processors', Dimensions: [{ Name: 'Stage', Value: stage }] }
  return {
    // Nobody else notices when what looks for lost work does not get through. Not Lambda's count of invocations, which those that
    // die have too; and that the functions' metrics do not arrive should be known as well.
    SweepSilentAlarm: alarm(stage, 'sweep-silent', 'sweep: did not get through for 15 minutes, so nothing lost or late is found', {
      ...functions, MetricName: 'Sweeps', ComparisonOperator: 'LessThanThreshold', Threshold: 1, EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
    }),
    PagesWaitingAlarm: alarm(stage, 'pages-waiting', 'page: somebody should have been paged 15 minutes ago and was not', {
      ...functions, MetricName: 'PagesWaiting', Statistic: 'Maximum', Threshold: 0, EvaluationPeriods: 3,
    }),
    PagesNotSentAlarm: alarm(stage, 'pages-not-sent', 'page: PagerDuty refuses pages or does not answer', {
      ...functions, MetricName: 'PagesNotSent', Threshold: 0, EvaluationPeriods: 2,
    }),
    FilesLateAlarm: alarm(stage, 'files-late', 'files: one that was uploaded an hour ago is not done', {
      ...functions, MetricName: 'OldestFile', Statistic: 'Maximum', Threshold: 3600, EvaluationPeriods: 1,
    }),
    FilesFailedAlarm: alarm(stage, 'files-failed', 'files: one could not be processed, which is no fault of its content', {
      ...functions, MetricName: 'FilesFailed', Threshold: 0, EvaluationPeriods: 1,
    }),
  }
}

const gatewayAlarms = (stage) => {
  const balancer = [
    { Name: 'LoadBalancer', Value: { 'Fn::GetAtt': ['Balancer', 'LoadBalancerFullName'] } },
    { Name: 'TargetGroup', Value: { 'Fn::GetAtt': ['GatewayTargets', 'TargetGroupFullName'] } },
  ]
  const own = { Namespace: 'Intake/Gateway', Dimensions: [{ Name: 'Stage', Value: stage }], Period: 60 }
  const all = {
    GatewayDownAlarm: alarm(stage, 'gateway-down', 'gateway: no task takes connections, nobody can upload', {
      Namespace: 'AWS/NetworkELB', MetricName: 'HealthyHostCount', Dimensions: balancer, Period: 60, Statistic: 'Maximum',
      ComparisonOperator: 'LessThanThreshold', Threshold: 1, EvaluationPeriods: 3, TreatMissingData: 'breaching',
    }),
    GatewayUnhealthyAlarm: alarm(stage, 'gateway-unhealthy', 'gateway: a task does not take connections', {
      Namespace: 'AWS/NetworkELB', MetricName: 'UnHealthyHostCount', Dimensions: balancer, Period: 60, Statistic: 'Maximum',
      Threshold: 0, EvaluationPeriods: 15,
    }),
    GatewaySilentAlarm: alarm(stage, 'gateway-silent', 'gateway: no metrics for 10 minutes', {
      ...own, MetricName: 'Ready', Statistic: 'SampleCount', ComparisonOperator: 'LessThanThreshold', Threshold: 1,
      EvaluationPeriods: 10, TreatMissingData: 'breaching',
    }),
    GatewayNotReadyAlarm: alarm(stage, 'gateway-not-ready', 'gateway: the store does not answer or the configuration is missing', {
      ...own, MetricName: 'Ready', Statistic: 'Minimum', ComparisonOperator: 'LessThanThreshold', Threshold: 1,
      EvaluationPeriods: 5,
    }),
    GatewayMemoryAlarm: alarm(stage, 'gateway-memory', 'gateway: uploads wait for memory; raise gatewayTasksAtMost or uploadMemory', {
      ...own, MetricName: 'UploadMemoryUsed', Statistic: 'Average', Unit: 'Percent', Threshold: 90, EvaluationPeriods: 10,
    }),
    GatewayStoreErrorsAlarm: alarm(stage, 'gateway-store-errors', 'gateway: calls of S3 fail after their repeats', {
      ...own, MetricName: 'StoreErrors', Threshold: 5, EvaluationPeriods: 10,
    }),
  }
  for (const each of Object.values(all)) each.Condition = 'GatewayRuns'
  return Object.entries(all)
}

/** Where the bucket is copied to another region: what is not there yet would be lost with this one. */
const replicaAlarms = (stage, bucket, replica) => {
  const copying = {
    Namespace: 'AWS/S3',
    Dimensions: [
      { Name: 'SourceBucket', Value: { 'Fn::Sub': bucket } }, { Name: 'DestinationBucket', Value: replica }, { Name: 'RuleId', Value: 'everything' },
    ],
  }
  return {
    ReplicaBehindAlarm: alarm(stage, 'replica-behind', 'replica: the copy in the other region is more than 15 minutes behind', {
      ...copying, MetricName: 'ReplicationLatency', Statistic: 'Maximum', Threshold: 900, EvaluationPeriods: 3,
    }),
    ReplicaFailsAlarm: alarm(stage, 'replica-fails', 'replica: objects could not be copied to the other region', {
      ...copying, MetricName: 'OperationsFailedReplication', Threshold: 0, EvaluationPeriods: 1,
    }),
  }
}

const graph = (title, x, y, metrics, properties = {}) => ({
  type: 'metric', x, y, width: 12, height: 6,
  properties: { title, region: '${AWS::Region}', period: 300, stat: 'Sum', metrics, ...properties },
})

const dashboard = (stage) => {
  const each = (metric, names = FUNCTIONS) => names.map((name) => ['AWS/Lambda', metric, 'FunctionName', `intake-${stage}-${name}`])
  const own = (metric, stat) => ['Intake/Gateway', metric, 'Stage', stage, { stat, period: 60 }]
  const files = (metric, stat = 'Sum', label = metric) => ['Intake/Processors', metric, 'Stage', stage, { stat, label }]
  /** A line for each value of a dimension, whichever there are. */
  const by = (dimension, metric, stat) => [
    { expression: `SEARCH('{Intake/Processors,Stage,${dimension}} MetricName="${metric}" Stage="${stage}"', '${stat}', 300)`, label: '' },
  ]
  const body = {
    widgets: [
      graph('Files', 0, 0, [
        files('FilesReceived'), files('FilesDelivered'), files('FilesQuarantined'), files('FilesUnmatched'), files('FilesFailed'),
        files('FilesHeld'),
      ]),
      graph('Rows', 12, 0, [files('RowsDelivered'), files('RowsRejected')]),
      graph('From upload to delivery, ms', 0, 6, [files('DeliveryTime', 'p50', 'p50'), files('DeliveryTime', 'p99', 'p99')]),
      graph('Time in each state, p99, ms', 12, 6, [by('State', 'TimeInState', 'p99')]),
      graph('To do', 0, 12, [files('TasksOpen', 'Maximum'), ['.', 'OldestFile', '.', '.', { stat: 'Maximum', yAxis: 'right', label: 'OldestFile, s' }]]),
      graph('Pages', 12, 12, [files('PagesWaiting', 'Maximum'), files('PagesNotSent'), files('PagesSent')]),
      graph('Engines out of reach', 0, 18, [by('Engine', 'EngineUnavailable', 'Sum')]),
      graph('Files that wait for an engine', 12, 18, [by('Engine', 'FilesWaiting', 'Maximum')]),
      graph('Invocations', 0, 24, each('Invocations')),
      graph('Errors', 12, 24, each('Errors')),
      graph('Oldest event, ms', 0, 30, each('AsyncEventAge', ASYNCHRONOUS), { stat: 'Maximum' }),
      graph('Executions at once', 12, 30, each('ConcurrentExecutions'), { stat: 'Maximum' }),
      graph('Gateway: use in percent', 0, 36, [own('UploadMemoryUsed', 'Maximum'), own('SessionsUsed', 'Maximum')]),
      graph('Gateway: uploads', 12, 36, [own('UploadsPublished', 'Sum'), own('UploadsFailed', 'Sum'), own('UploadsOpen', 'Maximum')]),
      graph('Gateway: bytes', 0, 42, [own('BytesReceived', 'Sum'), own('BytesSent', 'Sum')]),
      graph('Gateway: failures', 12, 42, [own('StoreErrors', 'Sum'), own('LoginsRefused', 'Sum')]),
    ],
  }
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: { DashboardName: `intake-${stage}`, DashboardBody: { 'Fn::Sub': JSON.stringify(body) } },
  }
}

module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('self:custom.stage')
  const https = await resolveVariable("param:alarmAddress, ''")
  const mail = await resolveVariable("param:alarmMail, ''")
  const replica = await resolveVariable("param:replicaBucket, ''")
  const bucket = await resolveVariable('self:custom.bucket')
  const Subscription = [
    ...(https ? [{ Protocol: 'https', Endpoint: https }] : []),
    ...(mail ? [{ Protocol: 'email', Endpoint: mail }] : []),
  ]
  return {
    Resources: {
      AlarmTopic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          TopicName: `intake-${stage}-alarms`,
          KmsMasterKeyId: { Ref: 'OperationsKey' },
          ...(Subscription.length > 0 ? { Subscription } : {}),
        },
      },
      AlarmTopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [TOPIC],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'AlarmsOfThisAccount', Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' },
                Action: 'sns:Publish', Resource: TOPIC,
                Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
              },
            ],
          },
        },
      },
      ...Object.fromEntries(functionAlarms(stage)),
      ...processorAlarms(stage),
      ...Object.fromEntries(gatewayAlarms(stage)),
      ...(replica ? replicaAlarms(stage, bucket, replica) : {}),
      Dashboard: dashboard(stage),
    },
  }
}
