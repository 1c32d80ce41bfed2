// Checks the contracts of the Argo REST API: routes, parameters, bodies, fields, errors, and how objects are written.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '@tiphys/core/kube'
import { type Template, type Workflow, type WorkflowTemplate, workflowSchema } from '@tiphys/core/spec'
import {
  type ReadBody, argoApiRoutes, argoList, argoObject, argoOpenapi, argoRoutes, asksLate, chooseFields, failureBody, grpcFailure, grpcOfStatus, httpStatusOf, isTruth, matchAnyMethod, matchArgoRoute,
  needsOf, parseFields, queryProblem, readJson, readListOptions, readRequest, requests, searchProblem, storedTemplatesOf, streamFailureBody, uploadedKeyProblem, wantsField, wholeOf,
} from './index.ts'

/** As much of `URLSearchParams` as the contracts ask for. */
function values(given: Readonly<Record<string, string>>): { readonly get: (name: string) => string | null; readonly keys: () => Iterable<string> } {
  return { get: (name) => given[name] ?? null, keys: () => Object.keys(given) }
}

describe('errors', () => {
  it('carry the code of gRPC and the status of the gateway', () => {
    const failure = grpcFailure('notFound', 'gone')
    expect([httpStatusOf(failure), failureBody(failure)]).toEqual([404, { code: 5, message: 'gone' }])
    expect(streamFailureBody(failure)).toEqual({ error: { grpc_code: 5, http_code: 404, message: 'gone', http_status: 'Not Found' } })
  })

  it.each([[404, 'notFound'], [409, 'alreadyExists'], [422, 'invalidArgument'], [405, 'invalidArgument'], [403, 'permissionDenied'], [502, 'internal'], [503, 'unavailable']])('are made of the status %i of the Kubernetes API', (code, expected) => {
    expect(grpcOfStatus({ code, message: 'x' })).toEqual({ code: expected, message: 'x' })
  })
})

describe('routes', () => {
  it('are found by method and path, with empty segments where a name may be', () => {
    expect(matchArgoRoute('GET', '/api/v1/workflows/')?.route.operation).toBe('ListWorkflows')
    expect(matchArgoRoute('POST', '/api/v1/events/play/')).toMatchObject({ route: { operation: 'ReceiveEvent' }, parameters: { namespace: 'play', discriminator: '' } })
    expect(matchArgoRoute('GET', '/api/v1/workflows/a/lint')?.parameters).toEqual({ namespace: 'a', name: 'lint' })
  })

  it.each([['GET', '/api/v1/workflows'], ['PATCH', '/api/v1/info'], ['GET', '/api/v1/workflows/a/b/'], ['GET', '/api/v1/workflows/a/b/log/c/d'], ['DELETE', '/api/v1/workflows/a']])('leave out %s %s', (method, path) => {
    expect(matchArgoRoute(method, path)).toBeUndefined()
  })

  it('are found without their method by clients that send forms', () => {
    expect(matchAnyMethod('/api/v1/info')?.route.operation).toBe('GetInfo')
    expect(matchAnyMethod('/api/v1/nothing')).toBeUndefined()
  })

  it('all say which verb of which kind they need, but for what everybody may ask', () => {
    const open = argoRoutes.filter((route) => needsOf(route) === undefined).map(({ operation }) => operation)
    expect(open).toEqual(['GetInfo', 'GetVersion', 'GetUserInfo', 'CollectEvent'])
    expect(argoRoutes.filter((route) => needsOf(route)?.verb === '*')).toEqual([])
    expect(argoRoutes.filter(({ pattern }) => pattern.includes('{namespace}')).filter(asksLate)).toEqual([])
  })

  it('have an OpenAPI document whose references all lead somewhere', () => {
    const text = JSON.stringify(argoOpenapi('1'))
    const { definitions, paths } = JSON.parse(text) as { readonly definitions: object; readonly paths: Readonly<Record<string, object>> }
    const referred = [...text.matchAll(/#\/definitions\/([\w.]+)/g)].map(([, name = '']) => name)
    expect(referred.filter((name) => !Object.hasOwn(definitions, name))).toEqual([])
    expect(Object.values(paths).reduce((count, methods) => count + Object.keys(methods).length, 0)).toBe(argoRoutes.length)
  })
})

describe('parameters', () => {
  const known = argoApiRoutes.find(({ operation }) => operation === 'ListWorkflows')?.query ?? []
  const problem = (given: Readonly<Record<string, string>>): string | undefined => queryProblem(known, values(given))?.message

  it('are told apart by their types, in the words of Go', () => {
    expect(problem({ 'listOptions.limit': 'many' })).toBe('strconv.ParseInt: parsing "many": invalid syntax')
    expect(problem({ 'listOptions.limit': '99999999999999999999' })).toBe('strconv.ParseInt: parsing "99999999999999999999": value out of range')
    expect(problem({ 'listOptions.watch': 'maybe' })).toBe('strconv.ParseBool: parsing "maybe": invalid syntax')
    expect(problem({ 'listOptions.limit': '-5', 'listOptions.watch': 'T', fields: 'many', strange: 'x' })).toBeUndefined()
  })

  it('take whole numbers as Go does, in any base', () => {
    for (const [text, whole] of [['0x10', 16], ['0b11', 3], ['0o17', 15], ['017', 15], ['1_000', 1000], ['-5', -5], ['0', 0], ['00', 0]] as const) {
      expect([text, problem({ 'listOptions.limit': text }), wholeOf(values({ n: text }), 'n')]).toEqual([text, undefined, whole])
    }
    for (const text of ['', '1e3', '1.5', ' 3', '09', '0x', '1__0', '_1', '1_', '0b12', '--1', '9'.repeat(5000) + 'x']) expect([text, problem({ 'listOptions.limit': text })]).toEqual([text, expect.stringContaining('invalid syntax')])
    expect(problem({ 'listOptions.limit': '9'.repeat(5000) })).toMatch(/value out of range$/)
  })

  it('have a place: nothing lies below a value, and no value above others', () => {
    expect(problem({ 'listOptions.limit.x': '1' })).toBe('unexpected nested field x in listOptions.limit')
    expect(problem({ listOptions: 'x' })).toBe('field type *v1.ListOptions is not supported in query parameters')
    expect(problem({ 'listOptions.nobody': 'x', listoptions: 'x' })).toBeUndefined()
    const deleting = argoApiRoutes.find(({ operation }) => operation === 'DeleteWorkflow')?.query ?? []
    expect(queryProblem(deleting, values({ 'deleteOptions.dryRun.x': 'All' }))?.message).toBe('unexpected repeated field in deleteOptions.dryRun.x')
    expect(queryProblem(deleting, values({ 'deleteOptions.preconditions': 'x' }))?.message).toBe('field type *v1.Preconditions is not supported in query parameters')
  })

  it('are refused where Go cannot take the query apart', () => {
    expect(searchProblem('?a=%zz&b=1')?.message).toBe('invalid URL escape "%zz"')
    expect(searchProblem('?a=1;b=%2')?.message).toBe('invalid semicolon separator in query')
    expect([searchProblem(''), searchProblem('?a=%20+b&c')]).toEqual([undefined, undefined])
  })

  it('are read once they were found in order', () => {
    const given = values({ a: 'TRUE', b: '0', n: '+7' })
    expect([isTruth(given, 'a'), isTruth(given, 'b'), isTruth(given, 'c'), wholeOf(given, 'n'), wholeOf(given, 'c')]).toEqual([true, false, false, 7, undefined])
  })
})

describe('bodies', () => {
  const told = (read: ReadBody): string => (read.ok ? JSON.stringify(read.value) : read.failure.message)
  const create = (text: string): string => told(readRequest(text, requests.createWorkflow))

  it.each([
    ['{', 'unexpected EOF'], ['a=b', "invalid character 'a' looking for beginning of value"], ['[1]', 'json: cannot unmarshal array into Go value of type workflow.WorkflowCreateRequest'],
    ['"x"', 'json: cannot unmarshal string into Go value of type workflow.WorkflowCreateRequest'],
    ['{"workflow": 1}', 'json: cannot unmarshal number into Go struct field WorkflowCreateRequest.workflow of type v1alpha1.Workflow'],
    ['{"workflow": {"spec": {"entrypoint": 5}}}', 'json: cannot unmarshal number into Go struct field WorkflowSpec.workflow.spec.entrypoint of type string'],
    ['{"workflow": {"metadata": {"labels": {"a": true}}}}', 'json: cannot unmarshal bool into Go struct field ObjectMeta.workflow.metadata.labels of type string'],
    ['{"serverDryRun": "yes"}', 'json: cannot unmarshal string into Go struct field WorkflowCreateRequest.serverDryRun of type bool'],
  ])('that do not fit are refused as by Go: %s', (text, message) => {
    expect(create(text)).toBe(message)
  })

  it.each([
    ['{"volumes":[{"emptyDir":5}]}', 'number into Go struct field Volume.workflow.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource'],
    ['{"tolerations":"x"}', 'string into Go struct field WorkflowSpec.workflow.spec.tolerations of type []v1.Toleration'],
    ['{"hooks":[]}', 'array into Go struct field WorkflowSpec.workflow.spec.hooks of type v1alpha1.LifecycleHooks'],
    ['{"hooks":{"a":5}}', 'number into Go struct field WorkflowSpec.workflow.spec.hooks of type v1alpha1.LifecycleHook'],
    ['{"priority":1.5}', 'number 1.5 into Go struct field WorkflowSpec.workflow.spec.priority of type int32'],
    ['{"priority":99999999999}', 'number 99999999999 into Go struct field WorkflowSpec.workflow.spec.priority of type int32'],
    ['{"templates":[{"script":{"env":[{"value":5}]}}]}', 'number into Go struct field EnvVar.workflow.spec.templates.script.Container.env.value of type string'],
    ['{"templates":[{"script":{"source":5}}]}', 'number into Go struct field ScriptTemplate.workflow.spec.templates.script.source of type string'],
    ['{"templates":[{"inputs":{"artifacts":[{"s3":{"bucket":5}}]}}]}', 'number into Go struct field S3Artifact.workflow.spec.templates.inputs.artifacts.ArtifactLocation.s3.S3Bucket.bucket of type string'],
    ['{"templates":[{"http":{"headers":5}}]}', 'number into Go struct field HTTP.workflow.spec.templates.http.headers of type v1alpha1.HTTPHeaders'],
    ['{"templates":[{"retryStrategy":{"limit":{}}}]}', 'object into Go struct field RetryStrategy.workflow.spec.templates.retryStrategy.limit of type int32'],
    ['{"templates":[{"steps":[[5]]}]}', 'number into Go struct field Template.workflow.spec.templates.steps of type map[string]interface {}'],
    ['{"templates":[{"steps":[{"a":1}]}]}', 'object into Go struct field Template.workflow.spec.templates.steps of type []map[string]interface {}'],
    ['{"templates":[{"steps":[[{"hooks":5}]]}]}', 'number into Go struct field Template.workflow.spec.templates.steps.hooks of type v1alpha1.LifecycleHooks'],
    ['{"templates":[{"script":{"imagePullPolicy":5}}]}', 'number into Go struct field ScriptTemplate.workflow.spec.templates.script.Container.imagePullPolicy of type v1.PullPolicy'],
    ['{"templates":[{"inputs":{"artifacts":[{"hdfs":{"krbRealm":5}}]}}]}', 'number into Go struct field HDFSArtifact.workflow.spec.templates.inputs.artifacts.ArtifactLocation.hdfs.HDFSConfig.HDFSKrbConfig.krbRealm of type string'],
    ['{"artifactGC":{"strategy":5}}', 'number into Go struct field WorkflowLevelArtifactGC.workflow.spec.artifactGC.ArtifactGC.strategy of type v1alpha1.ArtifactGCStrategy'],
    ['{"templates":[{"plugin":5}]}', 'number into Go struct field Template.workflow.spec.templates.plugin of type map[string]interface {}'],
  ])('name the types and fields of Go: %s', (spec, message) => {
    expect(create(`{"workflow":{"spec":${spec}}}`)).toBe(`json: cannot unmarshal ${message}`)
  })

  it('with times and quantities that are none are refused in the words of those', () => {
    expect(create('{"workflow":{"metadata":{"creationTimestamp":"x"}}}')).toBe('parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"')
    const container = { resources: { limits: { cpu: '1mm' } } }
    expect(create(JSON.stringify({ workflow: { spec: { templates: [{ container }] } } }))).toBe("unable to parse quantity's suffix")
  })

  it('name types that have a name of their own', () => {
    expect(told(readRequest('{"type": "FILE"}', requests.createLimit))).toBe('json: cannot unmarshal string into Go struct field CreateSyncLimitRequest.type of type sync.SyncConfigType')
  })

  it('may be empty, lose what nobody knows, and are read in any mixture of capitals', () => {
    expect(create('')).toBe('{}')
    expect(create('null')).toBe('{}')
    expect(create('{"ServerDryRun": true, "strange": 1}')).toBe('{"serverDryRun":true}')
  })

  it('end with their first value', () => {
    expect(readJson('{"a":1} and more')).toEqual({ ok: true, value: { a: 1 } })
    expect(readJson('01')).toEqual({ ok: true, value: 0 })
    expect(readJson('"a\\"b" x')).toEqual({ ok: true, value: 'a"b' })
    expect(readJson('   ')).toEqual({ ok: true, value: undefined })
  })

  it('never make the reader throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      for (const body of Object.values(requests)) readRequest(text, body)
    }))
  })
})

describe('fields', () => {
  const list: JsonObject = { metadata: { resourceVersion: '1' }, items: [{ metadata: { name: 'a', labels: { x: 'y' } }, spec: { entrypoint: 'm' }, status: { phase: 'Failed', nodes: {} } }] }
  const chosen = (text: string, value = list): JsonObject => chooseFields(parseFields(text), value)

  it('choose paths through lists, and all below them', () => {
    expect(chosen('items.metadata.name,items.status.phase')).toEqual({ items: [{ metadata: { name: 'a' }, status: { phase: 'Failed' } }] })
    expect(chosen('metadata,items.spec')).toEqual({ metadata: { resourceVersion: '1' }, items: [{ spec: { entrypoint: 'm' } }] })
  })

  it('exclude what follows a leading hyphen', () => {
    expect(chosen('-items.status,items.spec,metadata')).toEqual({ items: [{ metadata: { name: 'a', labels: { x: 'y' } } }] })
  })

  it('choose nothing by names that are not there, and blanks count', () => {
    expect(chosen('no.such.field')).toEqual({})
    expect(chosen('metadata, items')).toEqual({ metadata: { resourceVersion: '1' } })
    expect(chosen('')).toBe(list)
  })

  it('tell beforehand what can be left out', () => {
    expect([wantsField(parseFields('items.metadata.name'), 'items.status.nodes'), wantsField(parseFields('-items.spec'), 'items.status.nodes'), wantsField(undefined, 'x')]).toEqual([false, true, true])
  })

  it('choose the same from what was chosen', () => {
    const names = fc.constantFrom('a', 'b', 'c')
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(names, tie('tree'), { maxKeys: 3 })),
    }))
    const path = fc.array(names, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'))
    fc.assert(fc.property(fc.dictionary(names, tree), fc.array(path, { minLength: 1, maxLength: 3 }), fc.boolean(), (value, paths, exclude) => {
      const choice = parseFields(`${exclude ? '-' : ''}${paths.join(',')}`)
      const once = chooseFields(choice, value as JsonObject)
      expect(chooseFields(choice, once)).toEqual(once)
    }))
  })
})

describe('objects', () => {
  it('lose their kind and what nobody knows, and keep what Go always writes', () => {
    const object = argoObject(workflowSchema, { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'a' }, spec: {}, strange: 1 })
    expect(object).toEqual({ metadata: { name: 'a' }, spec: { arguments: {} }, status: { startedAt: null, finishedAt: null } })
  })

  it('are in lists that are null when they are empty', () => {
    expect(argoList({ resourceVersion: '7' }, [])).toEqual({ metadata: { resourceVersion: '7' }, items: null })
    expect(argoList({ remainingItemCount: 0, continue: '3' }, [{}])).toEqual({ metadata: { continue: '3', remainingItemCount: 0 }, items: [{}] })
  })
})

describe('templates that a workflow takes along', () => {
  const call = (name: string, clusterScope = false): Template => ({ name: 'calls', steps: [[{ name: 's', templateRef: { name, template: 'work', clusterScope } }]] }) as unknown as Template
  const library = (name: string, ...templates: readonly Template[]): WorkflowTemplate => ({ metadata: { name }, spec: { templates: [{ name: 'work' }, ...templates] } }) as unknown as WorkflowTemplate
  const catalog = {
    workflowTemplate: (_namespace: string, name: string) => ({ lib: library('lib', call('ring')), ring: library('ring', call('lib')) })[name],
    clusterWorkflowTemplate: (name: string) => (name === 'wide' ? library('wide') : undefined),
  }
  const storedBy = (spec: object): readonly string[] => Object.keys(storedTemplatesOf({ metadata: { namespace: 'a' }, spec } as unknown as Workflow, catalog))

  it('are all of the template that it refers to, and those that these call', () => {
    expect(storedBy({ workflowTemplateRef: { name: 'lib' } })).toEqual(['namespaced/lib/calls', 'namespaced/lib/work', 'namespaced/ring/work'])
  })

  it('are those of others that its own templates call', () => {
    expect(storedBy({ templates: [call('lib'), { ...call('wide', true), name: 'more' }, { ...call('absent'), name: 'lost' }] })).toEqual(['cluster/wide/work', 'namespaced/lib/work'])
    expect(storedBy({ templates: [{ name: 'work' }] })).toEqual([])
  })
})

describe('keys of uploaded files', () => {
  const id = '123e4567-e89b-42d3-a456-426614174000'

  it('lead to a file of the namespace', () => {
    expect(uploadedKeyProblem('play', `uploads/play/${id}/a.txt`)).toBeUndefined()
  })

  it.each([`uploads/other/${id}/a.txt`, `uploads/play/../other/${id}`, `uploads/play/${id}`, `uploads/play//a.txt`, 'uploads/play/1/a.txt', `/uploads/play/${id}/a.txt`])('lead nowhere else: %s', (key) => {
    expect(uploadedKeyProblem('play', key)).toMatch(/^artifact key /)
  })
})

describe('options of lists', () => {
  const read = (given: Readonly<Record<string, string>>): unknown => {
    const options = readListOptions(values(Object.fromEntries(Object.entries(given).map(([name, value]) => [`listOptions.${name}`, value]))), 'argo')
    return options.ok ? options.value : options.failure.message
  }

  it('go on only where there are pages', () => {
    expect(read({ continue: '3', limit: '2' })).toMatchObject({ offset: 3, limit: 2 })
    expect(read({ continue: '3' })).toMatchObject({ offset: 0, limit: undefined })
  })

  it('tell what the whole selector is told by', () => {
    expect(read({ labelSelector: 'team in (a' })).toBe("unable to parse requirement: found '!', expected: ',', or identifier")
    expect(read({ labelSelector: 'team=a,' })).toBe("found ',', expected: identifier after ','")
    expect(read({ labelSelector: 'team=a' })).toMatchObject({ labels: [{ key: 'team' }] })
  })

  it('take a truth value for what remains, in one way of writing', () => {
    expect(read({ fieldSelector: 'ext.showRemainingItemCount=T' })).toMatchObject({ showRemaining: true })
    expect(read({ fieldSelector: 'ext.showRemainingItemCount==true' })).toBe('strconv.ParseBool: parsing "=true": invalid syntax')
    expect(read({ fieldSelector: 'ext.showRemainingItemCount!=true' })).toBe('strconv.ParseBool: parsing "ext.showRemainingItemCount!=true": invalid syntax')
  })
})
