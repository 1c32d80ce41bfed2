// Owns a rough look at shell text: the names of the programs that it starts.

const keywords = new Set(['if', 'then', 'else', 'elif', 'fi', 'for', 'while', 'until', 'do', 'done', 'case', 'esac', 'in', '!', '{', '}', 'time'])
/** Commands of the shell itself. */
const builtins = new Set(['cd', 'exit', 'export', 'set', 'unset', 'read', 'test', '[', '[[', ':', '.', 'eval', 'exec', 'shift', 'trap', 'umask', 'wait', 'return', 'local', 'true', 'false', 'echo', 'printf', 'pwd', 'kill'])

/** Programs in the order in which they stand. Words that are made of tags or variables tell nothing and are left out. */
export function programsIn(script: string): readonly string[] {
  const found: string[] = []
  for (const command of commandsOf(script)) {
    const words = command.trim().split(/\s+/)
    while (words[0] !== undefined && (keywords.has(words[0]) || /^\w+=/.test(words[0]))) {
      // The name and the list of a loop are no commands.
      if (words[0] === 'for' || words[0] === 'case') words.splice(0, words.length)
      else words.shift()
    }
    const word = (words[0] ?? '').replace(/^["']|["']$/g, '')
    const name = word.split('/').at(-1) ?? ''
    if (/^[a-z][\w.+-]*$/i.test(name) && !builtins.has(name)) found.push(name)
  }
  return found
}

/** Simple commands: what stands between separators, outside quotes. */
function commandsOf(script: string): readonly string[] {
  const plain = script
    .replace(/<<-?\s*['"]?(\w+)['"]?[^]*?\n\s*\1/g, ' ')
    .replace(/\{\{[^]*?\}\}/g, '$tag')
    .replace(/\$\(\([^]*?\)\)/g, '$sum')
    .replace(/'[^']*'/g, "'text'")
    .replace(/"(?:[^"\\]|\\.)*"/g, (text) => substitutionsOf(text))
    .replace(/\d?[<>]{1,2}&?\s*[^\s;|&()`]+/g, ' ')
    .replace(/\\\n/g, ' ')
    .replace(/(^|\s)#.*$/gm, ' ')
  return plain.split(/&&|\|\||[;|&\n()`]|\$\(/).filter((part) => part.trim() !== '')
}

/** Of a text in double quotes only the commands inside count. */
function substitutionsOf(text: string): string {
  const inner = [...text.matchAll(/\$\(([^()]*)\)|`([^`]*)`/g)].map((match) => match[1] ?? match[2] ?? '')
  return inner.length === 0 ? '"text"' : `"text" ; ${inner.join(' ; ')} ;`
}
