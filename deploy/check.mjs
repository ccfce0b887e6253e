// Checks the packaged template without network or credentials: node deploy/check.mjs [template]
import { readFileSync } from 'node:fs'
import validator from '@aws/cloudformation-validate'
import yaml from 'js-yaml'
import { decided, problems } from './assertions.mjs'
import { gatewayProblems } from './gateway-assertions.mjs'

/** Warnings that we have looked at and keep, each with its reason. */
const ACCEPTED = new Map([
  ['W3005', 'the packager itself adds DependsOn where a GetAtt is enough'],
  ['W8003', 'conditions on parameters of the stage are decided when it is packaged'],
  ['W1028', 'so is which half of an If is reached'],
  ['W9053', 'and which conditions are alike'],
  ['W2503', 'an If in a network that is given does not take the half that is not there'],
  ['W9002', 'an ARN by name where a reference to the bucket would be a cycle'],
])

const file = process.argv[2] ?? '.serverless/cloudformation-template-update-stack.json'

const engine = new validator.RegoEngine()
const found = []
try {
  for (const it of engine.validateStandard(new validator.TemplateFile(file)).diagnostics) {
    if (it.severity === 'INFO' || it.severity === 'DEBUG' || ACCEPTED.has(it.ruleId)) continue
    found.push(`${it.entity?.logicalId}: ${it.message} (${it.ruleId})`)
  }
} finally {
  engine.free()
}
const template = yaml.load(readFileSync(file, 'utf8')) // JSON is YAML
found.push(...problems(template), ...gatewayProblems(decided(template)))

for (const problem of found) console.error(problem)
console.log(found.length === 0 ? `${file}: no problems` : `${file}: ${found.length} problems`)
process.exitCode = found.length === 0 ? 0 : 1
