// Owns `tiphys cp`: artifacts of a workflow, copied into a folder.
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { type Artifact, type NodeStatus, type Workflow, locationKey } from '@tiphys/core/spec'
import { templateName } from '../../print/index.ts'
import type { Answer } from '../transport.ts'
import type { Invocation } from '../../flags/index.ts'
import { namespaceOfWorkflow } from '../choose.ts'
import { pathTo } from '../connection.ts'
import { Mistake, during } from '../failure.ts'
import { datedLine } from '../go-log.ts'
import { guarded } from '../guard.ts'
import { reasonOf } from '../manifests.ts'
import { type Remote, withServer } from '../remote.ts'
import { getWorkflow } from '../workflows.ts'

export const run = guarded(async (invocation: Invocation) => {
  if (invocation.args.length === 2) return copy(invocation)
  invocation.streams.stdout(invocation.help())
  throw new Mistake('incorrect number of arguments')
})

const copy = withServer(async (remote) => {
  const { flags, args, connection } = remote
  const [name = '', folder = ''] = args
  const namespace = flags.text('namespace') || (await namespaceOfWorkflow(remote, name))
  const workflow = await during('failed to get workflow', getWorkflow(connection, { namespace, name }))
  for (const found of artifactsOf(workflow, remote)) await copyOne(remote, { ...found, workflow, namespace, folder })
  return undefined
})

interface Found { readonly node: NodeStatus; readonly artifact: Artifact }

function artifactsOf({ status }: Workflow, { flags }: Remote): readonly Found[] {
  const [template, id, name] = [flags.text('template-name'), flags.text('node-id'), flags.text('artifact-name')]
  const nodes = Object.values(status?.nodes ?? {}).filter((node) => (template === '' || node.templateName === template) && (id === '' || node.id === id))
  return nodes.flatMap((node) => (node.outputs?.artifacts ?? []).filter((artifact) => name === '' || artifact.name === name).map((artifact) => ({ node, artifact })))
}

const NOT_IMPLEMENTED = 501

interface Copy extends Found { readonly workflow: Workflow; readonly namespace: string; readonly folder: string }

async function copyOne(remote: Remote, { node, artifact, workflow, namespace, folder }: Copy): Promise<void> {
  const name = workflow.metadata.name ?? ''
  const below = remote.flags.text('path')
    .replace('{templateName}', () => templateName(node)).replace('{namespace}', () => namespace).replace('{workflowName}', () => name)
    .replace('{nodeId}', () => node.id).replace('{artifactName}', () => artifact.name)
  const place = resolve(folder, below)
  // Names come from the server: none of them may lead out of the folder.
  if (place !== resolve(folder) && !place.startsWith(resolve(folder) + (resolve(folder).endsWith(sep) ? '' : sep))) throw new Mistake(`the artifact ${JSON.stringify(artifact.name)} would be written outside of ${folder}`)
  await mkdir(place, { recursive: true }).catch((error: unknown) => {
    throw new Mistake(`failed to create folder path: mkdir ${inTheWay(join(folder, below)) ?? place}: ${reasonOf(error)}`)
  })
  const key = locationKey(artifact)
  const file = (key ?? '').split('/').filter((part) => part !== '').at(-1) ?? artifact.name
  const path = pathTo`/artifacts/${namespace}/${name}/${node.id}/${artifact.name}`
  const fetch = (query: string): Promise<Answer> => during('failed to get and store artifact data: request failed with', remote.connection.download(`${path}${query}`))
  const single = await fetch('')
  // The reference refuses folders; our own server packs them for whoever asks.
  const answer = single.status === NOT_IMPLEMENTED ? await fetch('?folder=tgz') : single
  if (answer.status !== 200) throw new Mistake(`failed to get and store artifact data: request failed ${single.status} ${single.reason}`)
  const to = join(place, file === '..' ? artifact.name : file)
  if (answer !== single && isPackedFolder(answer.disposition, file)) await unpackFolder(answer.body, place)
  else await writeFile(to, answer.body)
  remote.streams.stderr(`${datedLine(Date.now(), `Created ${JSON.stringify(file)}`)}\n`)
}

/** The first part of a path that is there and no folder. */
function inTheWay(path: string): string | undefined {
  const parts = path.split(sep)
  return parts.map((_, index) => parts.slice(0, index + 1).join(sep)).find((above) => above !== '' && existsSync(above) && !statSync(above).isDirectory())
}

/** Letters that a header may not hold are replaced one by one, so lengths tell. */
function isPackedFolder(disposition: string | undefined, file: string): boolean {
  const name = /^filename="(.*)"$/.exec(disposition ?? '')?.[1]
  return name?.endsWith('.tgz') === true && name.length === file.length + '.tgz'.length
}

/** Nothing in the archive leads out of the folder, and what was copied before is written over. */
async function unpackFolder(archive: Buffer, place: string): Promise<void> {
  const { Allowance, extractTar } = await import('@tiphys/shell/adapters/artifacts')
  const work = await mkdtemp(join(place, '.tiphys-cp-'))
  try {
    const packed = join(work, 'archive')
    const content = join(work, 'content')
    await writeFile(packed, archive)
    await mkdir(content)
    await extractTar(packed, content, new Allowance({}))
    await cp(content, place, { recursive: true, force: true, verbatimSymlinks: true, preserveTimestamps: true })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
