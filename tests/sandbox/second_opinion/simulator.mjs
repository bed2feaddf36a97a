// Reads cases as lines of JSON, and writes what iam-simulate says of each, a line for a case.
// Its only argument is the folder in which the package has been installed.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const require = createRequire(pathToFileURL(join(process.argv[2], 'index.js')))
const { runSimulation } = require('@cloud-copilot/iam-simulate')

const named = (policies) => policies.map((policy, index) => ({ name: `${index}`, policy }))
const levels = (all) => all.map((level, index) => ({ orgIdentifier: `${index}`, policies: named(level) }))

for await (const line of createInterface({ input: process.stdin })) {
  const one = JSON.parse(line)
  try {
    const answer = await runSimulation(
      {
        request: {
          principal: one.principal,
          action: one.action,
          resource: { resource: one.resource, accountId: one.owner },
          contextVariables: one.context,
        },
        identityPolicies: named(one.identity),
        sessionPolicy: one.session ?? undefined,
        permissionBoundaryPolicies: one.boundary ? named([one.boundary]) : undefined,
        serviceControlPolicies: levels(one.service_control),
        resourceControlPolicies: levels(one.resource_control),
        resourcePolicy: one.resource_policy ?? undefined,
      },
      {},
    )
    console.log(answer.overallResult ?? `error: ${JSON.stringify(answer.errors)}`)
  } catch (error) {
    console.log(`error: ${error.message.replaceAll('\n', ' ')}`)
  }
}
