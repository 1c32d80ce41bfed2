// Checks parsing, messages, help and completion on a small command tree.
import { describe, expect, it } from 'vitest'
import { type CommandModule, type CommandSpec, type Invocation, type Outcome, execute } from './index.ts'

interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly call?: Invocation
}

async function run(argv: readonly string[], env: Record<string, string> = {}, outcome: Outcome = { exit: 0 }): Promise<Ran> {
  let call: Invocation | undefined
  const load = (): Promise<CommandModule> =>
    Promise.resolve({
      run: (invocation) => {
        call = invocation
        return Promise.resolve(outcome)
      },
    })
  let stdout = ''
  let stderr = ''
  const streams = { stdout: (text: string) => (stdout += text), stderr: (text: string) => (stderr += text), env }
  const exit = await execute({ root: tree(load), completer }, argv, streams)
  return { exit, stdout, stderr, ...(call === undefined ? {} : { call }) }
}

const completer = ({ kind, flag }: { kind: string; flag: (name: string) => string | undefined }) =>
  Promise.resolve(kind === 'workflows' ? [{ value: `${flag('namespace') ?? 'default'}-a`, description: 'Running' }, { value: 'other' }] : [])

function tree(load: () => Promise<CommandModule>): CommandSpec {
  return {
    name: 'tiphys',
    short: 'runs workflows',
    persistentFlags: [
      { name: 'namespace', short: 'n', type: 'string', usage: 'the namespace', env: ['TIPHYS_NAMESPACE', 'ARGO_NAMESPACE'], complete: 'namespaces' },
      { name: 'verbose', short: 'v', type: 'bool', usage: 'say more' },
    ],
    commands: [
      {
        name: 'list', short: 'list workflows', load,
        examples: [{ does: 'List all', run: 'list -A' }],
        flags: [
          { name: 'watch', short: 'w', type: 'bool', usage: 'watch' },
          { name: 'output', short: 'o', type: 'string', usage: 'Output format.', values: ['name', 'json'] },
          { name: 'limit', type: 'int', usage: 'how many', default: 5 },
          { name: 'status', type: 'strings', usage: 'phases' },
          { name: 'parameter', short: 'p', type: 'stringArray', usage: 'parameters' },
          { name: 'since', type: 'duration', usage: 'age' },
          { name: 'colour', type: 'string', bare: 'always', usage: 'colours' },
          { name: 'size', type: 'uint', usage: 'size' },
          { name: 'rate', type: 'float32', usage: 'rate' },
          { name: 'priority', type: 'int32', usage: 'priority' },
        ],
      },
      { name: 'get', operands: 'WORKFLOW...', short: 'show a workflow', load, args: { min: 1, complete: 'workflows' } },
      { name: 'watch', short: 'watch a workflow', load, args: { min: 1, max: 1, complete: 'workflows' } },
      { name: 'logs', short: 'logs', load, args: { min: 1, max: 2 } },
      { name: 'lint', short: 'lint', load, args: { complete: 'manifests' } },
      {
        name: 'limit', short: 'limits', aliases: ['limits', 'lm'],
        commands: [
          {
            name: 'create', short: 'create', load, args: { min: 1, max: 1 }, exclusive: [['uid', 'name']],
            flags: [
              { name: 'type', type: 'string', usage: 'type', required: true },
              { name: 'uid', type: 'bool', usage: 'uid' },
              { name: 'name', type: 'bool', usage: 'name' },
            ],
          },
          { name: 'token', short: 'token', load, args: { max: 0 } },
        ],
      },
    ],
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''

describe('values of flags', () => {
  it('takes values after a blank, after =, and attached to a letter', async () => {
    for (const argv of [['--output', 'json'], ['--output=json'], ['-o', 'json'], ['-ojson'], ['-o=json']]) {
      expect((await run(['list', ...argv])).call?.flags.text('output')).toBe('json')
    }
  })

  it('reads clusters of letters whose last takes the next word', async () => {
    const { call } = await run(['list', '-wvn', 'prod', 'x'])
    expect([call?.flags.bool('watch'), call?.flags.bool('verbose'), call?.flags.text('namespace')]).toEqual([true, true, 'prod'])
    expect(call?.args).toEqual(['x'])
  })

  it('a bare boolean takes no word, an explicit one needs =', async () => {
    const { call } = await run(['list', '--watch', 'false', '--verbose=false'])
    expect(call?.flags.bool('watch')).toBe(true)
    expect(call?.flags.bool('verbose')).toBe(false)
    expect(call?.flags.given('verbose')).toBe(true)
    expect(call?.args).toEqual(['false'])
  })

  it('a flag with a bare value takes no word either', async () => {
    expect((await run(['list', '--colour', 'never'])).call?.flags.text('colour')).toBe('always')
    expect((await run(['list', '--colour=never'])).call?.flags.text('colour')).toBe('never')
    expect((await run(['list'])).call?.flags.text('colour')).toBe('')
  })

  it('splits strings at commas and leaves string arrays whole', async () => {
    const { call } = await run(['list', '--status', 'a,"b,c"', '--status=d', '-p', 'x=1,2', '-p', 'y'])
    expect(call?.flags.list('status')).toEqual(['a', 'b,c', 'd'])
    expect(call?.flags.list('parameter')).toEqual(['x=1,2', 'y'])
    expect((await run(['list', '--status='])).call?.flags.list('status')).toEqual([])
  })

  it('ends flags at --', async () => {
    expect((await run(['get', '--', '--output', '-x'])).call?.args).toEqual(['--output', '-x'])
    expect((await run(['get', '-'])).call?.args).toEqual(['-'])
  })

  it('gives defaults, and environment variables to absent flags', async () => {
    const { call } = await run(['list'], { TIPHYS_NAMESPACE: '', ARGO_NAMESPACE: 'argo' })
    expect([call?.flags.number('limit'), call?.flags.text('namespace'), call?.flags.given('limit')]).toEqual([5, 'argo', false])
    expect((await run(['list', '-n', 'own'], { ARGO_NAMESPACE: 'argo' })).call?.flags.text('namespace')).toBe('own')
  })

  it.each([
    ['0x10', 16], ['-7', -7], ['+3', 3], ['010', 8], ['0b11', 3], ['1_000', 1000], ['0', 0],
  ])('reads the integer %s', async (text, value) => {
    expect((await run(['list', `--limit=${text}`])).call?.flags.number('limit')).toBe(value)
  })

  it('reads durations as milliseconds and numbers of all types', async () => {
    const { call } = await run(['list', '--since', '1h30m', '--size', '7', '--rate', '2.5', '--priority', '-4'])
    expect(['since', 'size', 'rate', 'priority'].map((name) => call?.flags.number(name))).toEqual([5_400_000, 7, 2.5, -4])
  })

  it('throws when code asks for an undeclared flag or the wrong type', async () => {
    const { call } = await run(['list'])
    expect(() => call?.flags.text('nosuch')).toThrow('not declared')
    expect(() => call?.flags.bool('output')).toThrow('not a bool')
  })
})

describe('messages', () => {
  it.each([
    [['list', '--nosuch'], 'unknown flag: --nosuch'],
    [['list', '-z'], "unknown shorthand flag: 'z' in -z"],
    [['list', '-wz'], "unknown shorthand flag: 'z' in -z"],
    [['list', '--=x'], 'bad flag syntax: --=x'],
    [['list', '---x'], 'bad flag syntax: ---x'],
    [['list', '--output'], 'flag needs an argument: --output'],
    [['list', '-o'], "flag needs an argument: 'o' in -o"],
    [['list', '-o', 'xml'], 'invalid argument "xml" for "-o, --output" flag: One of: name|json'],
    [['list', '--limit', 'many'], 'invalid argument "many" for "--limit" flag: strconv.ParseInt: parsing "many": invalid syntax'],
    [['list', '--limit=1__0'], 'invalid argument "1__0" for "--limit" flag: strconv.ParseInt: parsing "1__0": invalid syntax'],
    [['list', '--limit=9223372036854775808'], 'invalid argument "9223372036854775808" for "--limit" flag: strconv.ParseInt: parsing "9223372036854775808": value out of range'],
    [['list', '--priority=2147483648'], 'invalid argument "2147483648" for "--priority" flag: strconv.ParseInt: parsing "2147483648": value out of range'],
    [['list', '--size=-1'], 'invalid argument "-1" for "--size" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
    [['list', '--rate=x'], 'invalid argument "x" for "--rate" flag: strconv.ParseFloat: parsing "x": invalid syntax'],
    [['list', '--watch=perhaps'], 'invalid argument "perhaps" for "-w, --watch" flag: strconv.ParseBool: parsing "perhaps": invalid syntax'],
    [['list', '--since', '1d'], 'invalid argument "1d" for "--since" flag: time: unknown unit "d" in duration "1d"'],
    [['list', '--since', '5'], 'invalid argument "5" for "--since" flag: time: missing unit in duration "5"'],
    [['list', '--status', 'a"b'], 'invalid argument "a\\"b" for "--status" flag: parse error on line 1, column 2: bare " in non-quoted-field'],
    [['get'], 'requires at least 1 arg(s), only received 0'],
    [['watch', 'a', 'b'], 'accepts 1 arg(s), received 2'],
    [['logs'], 'accepts between 1 and 2 arg(s), received 0'],
    [['limit', 'token', 'x'], 'unknown command "x" for "tiphys limit token"'],
  ])('%j', async (argv, message) => {
    const { exit, stderr, stdout, call } = await run(argv)
    expect([exit, firstLine(stderr), stdout, call]).toEqual([1, `Error: ${message}`, '', undefined])
    expect(stderr).toContain('\nUsage:\n  tiphys ')
  })

  it('an unknown command suggests those that are near', async () => {
    expect((await run(['loggs'])).stderr).toBe('Error: unknown command "loggs" for "tiphys"\n\nDid you mean this?\n\tlogs\n\nRun \'tiphys --help\' for usage.\n')
    expect((await run(['pipeline'])).stderr).toBe('Error: unknown command "pipeline" for "tiphys"\nRun \'tiphys --help\' for usage.\n')
    expect((await run(['-n', 'prod', 'pipeline'])).stderr).toContain('unknown command "pipeline"')
  })

  it('an unknown flag suggests one after the usage, where it is seen', async () => {
    expect((await run(['list', '--namespce', 'x'])).stderr).toMatch(/Did you mean --namespace\?\n\n$/)
  })

  it('missing and contradicting flags are reported without usage', async () => {
    expect((await run(['limit', 'create', 'x'])).stderr).toBe('Error: required flag(s) "type" not set\n')
    expect((await run(['lm', 'create', 'x', '--type=a', '--uid', '--name'])).stderr).toBe(
      'Error: if any flags in the group [uid name] are set none of the others can be; [name uid] were all set\n',
    )
  })

  it('a failed command prints its error alone', async () => {
    expect(await run(['list'], {}, { error: 'no server' })).toMatchObject({ exit: 1, stderr: 'Error: no server\n', stdout: '' })
    expect((await run(['list'], {}, { exit: 3 })).exit).toBe(3)
  })
})

describe('variables that stand in for flags', () => {
  const program = (before?: (invocation: Invocation) => Outcome | undefined) => ({
    root: { name: 'tool', short: 'A tool.', commands: [{ name: 'list', short: 'Lists.', flags: [{ name: 'tls', type: 'bool', usage: 'TLS', env: ['TLS'] }], load: async () => ({ run: async () => ({ exit: 0 }) }) }] } as CommandSpec,
    ...(before === undefined ? {} : { before }),
  })
  const ended = async (env: Record<string, string>, before?: (invocation: Invocation) => Outcome | undefined): Promise<readonly [number, string]> => {
    let stderr = ''
    const exit = await execute(program(before), ['list'], { stdout: () => undefined, stderr: (text) => (stderr += text), env })
    return [exit, stderr]
  }
  const message = 'invalid argument "x" for "--tls" flag: strconv.ParseBool: parsing "x": invalid syntax'

  it('are named when they cannot be read, without the usage', async () => {
    expect(await ended({ TLS: 'x' })).toEqual([1, `Error: TLS: ${message}\n`])
    expect(await ended({ TLS: '' })).toEqual([0, ''])
  })

  it('may be judged by the program', async () => {
    expect(await ended({ TLS: 'x' }, ({ wrongVariable }) => (wrongVariable === undefined ? undefined : { error: wrongVariable.message, exit: 3 }))).toEqual([3, `Error: ${message}\n`])
  })
})

describe('a rule of flags', () => {
  it('goes before those that must be given', async () => {
    const create: CommandSpec = { name: 'create', short: 'Creates.', check: (flags) => (flags.text('type') === 'a' ? undefined : 'no such type'), flags: [{ name: 'type', type: 'string', usage: 'type', required: true }, { name: 'limit', type: 'int', usage: 'limit', required: true }], load: async () => ({ run: async () => ({ exit: 0 }) }) }
    const told = async (...argv: readonly string[]): Promise<string> => {
      let stderr = ''
      await execute({ root: { name: 'tool', short: 'A tool.', commands: [create] } }, ['create', ...argv], { stdout: () => undefined, stderr: (text) => (stderr += text), env: {} })
      return stderr
    }
    expect(await told()).toBe('Error: no such type\n')
    expect(await told('--type', 'a')).toBe('Error: required flag(s) "limit" not set\n')
    expect(await told('--type', 'a', '--limit', '1')).toBe('')
  })
})

describe('finding the command', () => {
  it('accepts flags before and between the names', async () => {
    const { call } = await run(['-n', 'prod', 'limits', '-v', 'create', '--type', 'x', 'key'])
    expect([call?.path, call?.args, call?.flags.text('namespace')]).toEqual([['limit', 'create'], ['key'], 'prod'])
  })

  it('a group without a known subcommand prints its help and succeeds', async () => {
    for (const argv of [['limit'], ['limit', 'make'], ['limit', '--help'], ['help', 'limit']]) {
      const { exit, stdout, stderr } = await run(argv)
      expect([exit, stderr]).toEqual([0, ''])
      expect(stdout).toContain('Available Commands:\n  create      create\n')
    }
    expect((await run([])).stdout).toContain('runs workflows\n\nUsage:\n  tiphys [flags]\n  tiphys [command]\n')
  })

  it('--help wins over missing arguments', async () => {
    expect(await run(['get', '--help'])).toMatchObject({ exit: 0, stdout: expect.stringContaining('tiphys get WORKFLOW... [flags]') })
  })

  it('shows examples with the name of the program', async () => {
    expect((await run(['list', '-h'])).stdout).toContain('Examples:\n  # List all\n  tiphys list -A\n')
  })
})

describe('completion', () => {
  const complete = async (...words: string[]): Promise<string[]> => (await run(['__complete', ...words])).stdout.trimEnd().split('\n')

  it('offers commands', async () => {
    expect(await complete('l')).toEqual(['limit\tlimits', 'lint\tlint', 'list\tlist workflows', 'logs\tlogs', ':4'])
    expect(await complete('limit', '')).toEqual(['create\tcreate', 'token\ttoken', ':4'])
    expect((await run(['__completeNoDesc', 'lis'])).stdout).toBe('list\n:4\n')
  })

  it('offers flags that were not given yet, lists again, and required ones first', async () => {
    expect(await complete('list', '--watch', '--w')).toEqual([':4'])
    expect(await complete('list', '--status=a', '--st')).toEqual(['--status\tphases', ':4'])
    expect(await complete('limit', 'create', '--')).toEqual(['--type\ttype', ':4'])
    expect(await complete('list', '--ou')).toEqual(['--output\tOutput format.', ':4'])
  })

  it('offers values of flags', async () => {
    expect(await complete('list', '-o', '')).toEqual(['name', 'json', ':4'])
    expect(await complete('list', '--output=j')).toEqual(['--output=json', ':4'])
    expect(await complete('list', '--limit', '')).toEqual([':0'])
  })

  it('asks the program for names, with the flags given so far', async () => {
    expect(await complete('-n', 'prod', 'get', 'p')).toEqual(['prod-a\tRunning', ':4'])
    expect(await complete('get', 'a', '')).toEqual(['default-a\tRunning', 'other', ':4'])
    expect(await complete('watch', 'a', '')).toEqual([':4'])
  })

  it('leaves files to the shell', async () => {
    expect(await complete('lint', '')).toEqual(['yaml', 'yml', 'json', ':8'])
  })
})

describe('flags in front of everything', () => {
  it('do not hide the words that the program itself knows', async () => {
    const [out, err]: [string[], string[]] = [[], []]
    const tree: CommandSpec = { name: 'tool', short: 'A tool.', persistentFlags: [{ name: 'mode', type: 'string', usage: 'mode' }], commands: [{ name: 'list', short: 'Lists.', args: {}, load: async () => ({ run: async () => ({ exit: 0 }) }) }] }
    const streams = { stdout: (text: string) => void out.push(text), stderr: (text: string) => void err.push(text), env: {} }
    expect(await execute({ root: tree }, ['--mode', 'x', 'help', 'list'], streams)).toBe(0)
    expect(out.join('')).toContain('Lists.')
    out.length = 0
    expect(await execute({ root: tree }, ['--mode=x', '__completeNoDesc', 'li'], streams)).toBe(0)
    expect(out.join('')).toBe('list\n:4\n')
    expect(err).toEqual([])
  })
})
