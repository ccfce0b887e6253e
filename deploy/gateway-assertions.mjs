// What partners and an auditor are promised of the gateway: addresses that stay, two zones, nobody's sessions cut off, and somebody told.

/** The gateway ends a session that says nothing for so long: INTAKE_IDLE_TIMEOUT. */
const LONGEST_SILENCE_SECONDS = 900

/** What the gateway needs to park uploads, beyond what it waits for them: INTAKE_DRAIN_TIMEOUT. */
const PARKING_SECONDS = 30

/** How full tasks are; each is a reason for more of them. */
const FULLNESS = ['UploadMemoryUsed', 'SessionsUsed']

/** What an alarm must watch where the gateway runs; true: its absence is an alarm as well. */
const WATCHED = new Map([
  ['HealthyHostCount', true], ['UnHealthyHostCount', false], ['Ready', true], ['UploadMemoryUsed', false], ['StoreErrors', false],
])

const ofType = (template, type) => Object.entries(template.Resources).filter(([, resource]) => resource.Type === type)
const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value])
const target = (value) => (typeof value === 'string' ? value : (value?.Ref ?? value?.['Fn::GetAtt']?.[0]))
const different = (values) => new Set(values.map((each) => JSON.stringify(each))).size
const attributes = (given) => new Map(list(given).map((each) => [each.Key, each.Value]))

function* balancers(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer')) {
    const mappings = list(it.SubnetMappings)
    if (different(mappings.map((each) => each.SubnetId)) < 2) yield `${id}: is in one zone only`
    for (const { AllocationId } of mappings) {
      const address = template.Resources[target(AllocationId)]
      if (address?.Type !== 'AWS::EC2::EIP') yield `${id}: has an address that changes with it`
    }
    if (different(mappings.map((each) => each.AllocationId)) < mappings.length) yield `${id}: has one address twice`
    if (list(it.SecurityGroups).length === 0) yield `${id}: anybody may connect`
    const of = attributes(it.LoadBalancerAttributes)
    if (of.get('deletion_protection.enabled') !== 'true') yield `${id}: is torn down with the stack, without a question`
    if (of.get('load_balancing.cross_zone.enabled') !== 'true') yield `${id}: an address leads nowhere while its zone has no task`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ElasticLoadBalancingV2::Listener')) {
    const silence = Number(attributes(it.ListenerAttributes).get('tcp.idle_timeout.seconds'))
    if (!(silence > LONGEST_SILENCE_SECONDS)) yield `${id}: drops silent sessions before the gateway ends them`
  }
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    if (it.HealthCheckProtocol === undefined || !(it.HealthCheckIntervalSeconds <= 30)) yield `${id}: sends partners to tasks that do not answer`
    if (attributes(it.TargetGroupAttributes).get('preserve_client_ip.enabled') !== 'false') yield `${id}: tells partners' addresses in two ways`
  }
}

/** Who reaches the tasks: the balancer; who reaches the balancer: the networks of partners. */
function* reach(template) {
  const ingress = (group) => list(template.Resources[target(group)]?.Properties?.SecurityGroupIngress)
  const balancing = ofType(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').flatMap(([, it]) => list(it.Properties.SecurityGroups).map(target))
  for (const group of balancing) {
    for (const rule of ingress(group)) if (rule.SourcePrefixListId === undefined) yield `${group}: lets in others than partners' networks`
  }
  for (const [, { Properties: it }] of ofType(template, 'AWS::ECS::Service')) {
    for (const group of list(it.NetworkConfiguration?.AwsvpcConfiguration?.SecurityGroups).map(target)) {
      for (const rule of ingress(group)) {
        if (!balancing.includes(target(rule.SourceSecurityGroupId))) yield `${group}: lets in others than the load balancer`
      }
    }
  }
}

function* services(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ECS::Service')) {
    if (different(list(it.NetworkConfiguration?.AwsvpcConfiguration?.Subnets)) < 2) yield `${id}: is in one zone only`
    if (list(it.LoadBalancers).length === 0) yield `${id}: nobody is sent to it`
    if (it.DeploymentConfiguration?.DeploymentCircuitBreaker?.Rollback !== true) yield `${id}: stays with a version that does not start`
    if (it.EnableExecuteCommand !== false) yield `${id}: has a shell for people`
    yield* scaling(template, id)
    const all = ofType(template, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties)
    for (const [metric, absence] of WATCHED) {
      const found = all.filter((alarm) => alarm.MetricName === metric && list(alarm.AlarmActions).length > 0)
      if (found.length === 0) yield `${id}: no alarm on ${metric}`
      else if (absence && !found.some((alarm) => alarm.TreatMissingData === 'breaching')) yield `${id}: no alarm when there is no ${metric}`
    }
  }
}

function* scaling(template, service) {
  const scaled = ofType(template, 'AWS::ApplicationAutoScaling::ScalableTarget').find(([, it]) => JSON.stringify(it.Properties.ResourceId).includes(service))
  if (scaled === undefined) {
    yield `${service}: is as large as it is, whoever comes`
    return
  }
  const [id, { Properties: bounds }] = scaled
  if (!(Number(bounds.MinCapacity) >= 1 && Number(bounds.MaxCapacity) > Number(bounds.MinCapacity))) yield `${id}: cannot grow`
  const followed = ofType(template, 'AWS::ApplicationAutoScaling::ScalingPolicy')
    .map(([, it]) => it.Properties)
    .filter((it) => target(it.ScalingTargetId) === id)
    .map((it) => it.TargetTrackingScalingPolicyConfiguration)
  for (const metric of FULLNESS) {
    const policy = followed.find((it) => it.CustomizedMetricSpecification?.MetricName === metric)
    if (policy === undefined) yield `${id}: does not follow ${metric}`
    else if (!(policy.TargetValue < 100 && policy.ScaleInCooldown > policy.ScaleOutCooldown)) yield `${id}: takes tasks away as fast as it adds them`
  }
}

const seconds = (duration) => {
  const [, number, unit] = /^(\d+)(s|m)$/.exec(duration ?? '') ?? []
  return Number(number) * { s: 1, m: 60 }[unit]
}

function* tasks(template) {
  for (const [id, { Properties: it }] of ofType(template, 'AWS::ECS::TaskDefinition')) {
    if (it.TaskRoleArn === undefined || target(it.TaskRoleArn) === target(it.ExecutionRoleArn)) yield `${id}: has the rights of what starts it`
    for (const container of list(it.ContainerDefinitions)) {
      const drain = seconds(list(container.Environment).find((each) => each.Name === 'INTAKE_DRAIN_TIMEOUT')?.Value)
      if (!(container.StopTimeout >= drain + PARKING_SECONDS)) yield `${id}: is killed before its uploads are parked`
      if (container.LogConfiguration?.LogDriver !== 'awslogs') yield `${id}: its audit log is kept nowhere`
      else if (template.Resources[target(container.LogConfiguration.Options?.['awslogs-group'])]?.DeletionPolicy !== 'Retain') {
        yield `${id}: its audit log goes with the stack`
      }
    }
  }
}

/** All that is wrong with the gateway of a template, whose conditions are decided, as sentences. */
export function gatewayProblems(template) {
  return [balancers, reach, services, tasks].flatMap((check) => [...check(template)])
}
