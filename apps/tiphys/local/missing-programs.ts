// Owns the warning about what this host lacks, programs above all, told before anything runs: a step that needs one may come hours later.
import { hostLacks, type ImageMapping } from '@tiphys/shell/adapters/process'
import type { Template, Workflow } from '@tiphys/core/spec'

const TOLD_MAX = 5
const RESOURCE = 'a cluster'

/** One line for each program that a template of the workflow names and the host lacks. What only a run can tell is left to it. */
export function missingPrograms({ spec }: Workflow, images: readonly ImageMapping[]): readonly string[] {
  const lacks = hostLacks(images)
  const told = new Map<string, string>()
  for (const template of spec.templates ?? []) {
    if (template.resource !== undefined) told.set(RESOURCE, `warning: template ${JSON.stringify(template.name)} acts on the API of a cluster, which tiphys server has and a run by itself does not`)
    for (const { image = '', command } of containersOf(template)) {
      const [program] = command ?? []
      // A path may be that of an artifact or a volume, and a tag that of anything.
      if (program === undefined || program.includes('/') || /\{\{|\$\(/.test(program + image) || told.has(`${program} ${image}`) || !lacks(program, image)) continue
      told.set(`${program} ${image}`, `warning: this host has no ${JSON.stringify(program)}, which template ${JSON.stringify(template.name)} runs: install it, or map its image: --image-map ${image || 'IMAGE'}=FOLDER`)
    }
  }
  const lines = [...told.values()]
  return lines.length <= TOLD_MAX ? lines : [...lines.slice(0, TOLD_MAX), `warning: and ${lines.length - TOLD_MAX} more programs`]
}

interface Runs { readonly image?: string | undefined; readonly command?: readonly string[] | undefined; readonly env?: readonly { readonly name: string }[] | undefined }

/** A container with a PATH of its own looks elsewhere. */
function containersOf({ container, script, containerSet, initContainers = [], sidecars = [] }: Template): readonly Runs[] {
  const all: (Runs | undefined)[] = [container, script, ...(containerSet?.containers ?? []), ...initContainers, ...sidecars]
  return all.filter((each): each is Runs => each !== undefined && !(each.env ?? []).some(({ name }) => name === 'PATH'))
}
