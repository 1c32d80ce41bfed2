// Owns the scripts that teach bash, zsh and fish to ask the program for completions.

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** The script to source or install; undefined for a shell that we do not know. */
export function completionScript(shell: string, program: string): string | undefined {
  const write = SCRIPTS[shell as Shell]
  return write === undefined ? undefined : write(program, program.replace(/[^A-Za-z0-9_]/g, '_'))
}

const SCRIPTS: Readonly<Record<Shell, (program: string, id: string) => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript }

// bash splits words at = and :, which for us belong to flags and names; bash-completion can put them together again.
function bashScript(program: string, id: string): string {
  return `# bash completion for ${program.padEnd(36)} -*- shell-script -*-

__${id}_complete() {
    local cur words cword reply directive line
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n "=:" cur words cword
    else
        cur="\${COMP_WORDS[COMP_CWORD]}"
        words=("\${COMP_WORDS[@]}")
        cword=$COMP_CWORD
    fi
    COMPREPLY=()
    reply=$("\${words[0]/#\\~/$HOME}" __completeNoDesc "\${words[@]:1:cword-1}" "$cur" 2>/dev/null) || return
    directive=\${reply##*:}
    reply=\${reply%:*}
    if ((directive & 8)); then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(
            compgen -d -- "$cur"
            while read -r line; do
                [[ -n $line ]] && compgen -f -X "!*.$line" -- "$cur"
            done <<<"$reply"
        )
    elif ((directive & 16)); then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
    else
        while IFS= read -r line; do
            [[ -n $line ]] && COMPREPLY+=("$(printf %q "$line")")
        done <<<"$reply"
        if ((\${#COMPREPLY[@]} == 0 && !(directive & 4))); then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
        fi
        if ((directive & 2)); then
            compopt -o nospace 2>/dev/null
        fi
    fi
    if declare -F __ltrim_colon_completions >/dev/null; then
        __ltrim_colon_completions "$cur"
    fi
}

complete -o default -F __${id}_complete ${program}
`
}

function zshScript(program: string, id: string): string {
  return `#compdef ${program}
compdef _${id} ${program}

# zsh completion for ${program.padEnd(36)} -*- shell-script -*-

_${id}() {
    local out directive line value description
    local -a lines candidates
    out=$("\${words[1]}" __complete "\${(@)words[2,CURRENT-1]}" "\${(Q)words[CURRENT]}" 2>/dev/null) || return
    lines=("\${(@f)out}")
    directive=\${lines[-1]#:}
    lines=("\${(@)lines[1,-2]}")
    if (( directive & 8 )); then
        _files -g "*.(\${(j:|:)lines})(-.)"
        return
    fi
    if (( directive & 16 )); then
        _files -/
        return
    fi
    for line in $lines; do
        value=\${line%%$'\\t'*}
        description=\${line#$value}
        description=\${description#$'\\t'}
        candidates+=("\${value//:/\\\\:}\${description:+:$description}")
    done
    if (( $#candidates )); then
        if (( directive & 2 )); then
            _describe completions candidates -S ''
        else
            _describe completions candidates
        fi
    elif (( ! (directive & 4) )); then
        _files
    fi
}

# Run at once when zsh loads this file as the function itself.
if [ "$funcstack[1]" = "_${id}" ]; then
    _${id}
fi
`
}

function fishScript(program: string, id: string): string {
  return `# fish completion for ${program.padEnd(36)} -*- shell-script -*-

function __${id}_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command $words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    or return
    set -l directive (string sub -s 2 -- $lines[-1])
    set -e lines[-1]
    switch $directive
        case 8
            for extension in $lines
                __fish_complete_suffix ".$extension"
            end
        case 16
            __fish_complete_directories "$current"
        case '*'
            printf '%s\\n' $lines
            if test (count $lines) -eq 0 -a $directive -eq 0
                __fish_complete_path "$current"
            end
    end
end

complete -c ${program} -e
complete -c ${program} -f -a '(__${id}_complete)'
`
}
