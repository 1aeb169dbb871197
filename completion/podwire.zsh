#compdef podwire kubectl-podwire
# Completion of podwire for zsh: source <(podwire completion zsh), or as a file _podwire in a folder of fpath.
# What can stand where the cursor is, `podwire __complete` says; here is only how zsh wants it told.

_podwire() {
	local -a typed lines open closed
	local line text about directive=4
	typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
	lines=("${(@f)$(podwire __complete "${typed[@]}" 2>/dev/null)}")
	# Of --flag=value only the value is completed.
	[[ $PREFIX == -*=* ]] && compset -P 1 '*='
	for line in "${lines[@]}"; do
		if [[ $line == :<-> ]]; then
			directive=${line#:}
			continue
		fi
		[[ -n $line ]] || continue
		text=${line%%$'\t'*}
		about=''
		[[ $line == *$'\t'* ]] && about=":${line#*$'\t'}"
		if [[ $text == *[=/:] ]]; then open+=("${text//:/\\:}$about"); else closed+=("${text//:/\\:}$about"); fi
	done
	if (( ! (directive & 4) )); then
		_files
		return
	fi
	local found=1
	(( $#open )) && _describe -V podwire open -S '' && found=0
	(( $#closed )) && _describe -V podwire closed && found=0
	return found
}

if [[ $funcstack[1] == _podwire ]]; then _podwire "$@"; else compdef _podwire podwire kubectl-podwire; fi
