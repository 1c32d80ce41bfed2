// Owns what a command line gives a run beside its manifest: templates, ConfigMaps and Secrets by --with, stand-ins of images by --image-map.
import { statSync } from 'node:fs'
import { parseImageMapping, type ImageMapping } from '@tiphys/shell/adapters/process'
import type { Flags } from '../flags/index.ts'
import { type Finding, readInput } from './input.ts'
import { objectsOf } from './prepare.ts'
import type { RunSetup } from './setup.ts'

export type Given = { readonly ok: true; readonly setup: RunSetup } | { readonly ok: false; readonly findings: readonly Finding[] }

export async function givenSetup(flags: Flags): Promise<Given> {
  const mapped = givenImages(flags)
  if (!mapped.ok) return { ok: false, findings: [{ file: '--image-map', code: 'image_map', message: mapped.message, line: 0, column: 0 }] }
  const around = await readInput(flags.list('with'))
  if (around.findings.length > 0) return { ok: false, findings: around.findings }
  return { ok: true, setup: { objects: objectsOf(around.manifests), images: mapped.images } }
}

type GivenImages = { readonly ok: true; readonly images: readonly ImageMapping[] } | { readonly ok: false; readonly message: string }

export function givenImages(flags: Flags): GivenImages {
  const images: ImageMapping[] = []
  for (const text of flags.list('image-map')) {
    const mapping = parseImageMapping(text)
    if ('problem' in mapping) return { ok: false, message: `--image-map ${text}: ${mapping.problem}` }
    if (statSync(mapping.folder, { throwIfNoEntry: false })?.isDirectory() !== true) return { ok: false, message: `--image-map ${text}: ${mapping.folder} is no folder` }
    images.push(mapping)
  }
  return { ok: true, images }
}
