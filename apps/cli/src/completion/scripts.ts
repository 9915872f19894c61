/** Shells that can complete. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function isShell(text: string): text is (typeof SHELLS)[number] {
  return SHELLS.some((shell) => shell === text);
}

/**
 * Every script asks `sallyport complete` for the candidates, so that all shells offer the same. The
 * answer `:file` stands for the shell's own completion of paths.
 */
export const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# bash completion for sallyport
_sallyport() {
  local current candidates
  current=\${COMP_WORDS[COMP_CWORD]}
  candidates=$("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "$candidates" = ":file" ]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi
  # In "--flag=" the sign is a word of its own to bash.
  if [ "$current" = "=" ]; then current=; fi
  mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
}
complete -F _sallyport sallyport
`,
  zsh: `#compdef sallyport
_sallyport() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${candidates[1]}" == ":file" ]]; then
    _files
  elif [[ -n "\${candidates[1]}" ]]; then
    compadd -a candidates
  fi
}
if [[ "$funcstack[1]" == "_sallyport" ]]; then
  _sallyport "$@"
else
  compdef _sallyport sallyport
fi
`,
  fish: `# fish completion for sallyport
function __sallyport_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates ($words[1] complete -- $words[2..-1] 2>/dev/null)
    if test "$candidates" = ":file"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $candidates
    end
end
complete -c sallyport -f -a '(__sallyport_complete)'
`,
};
