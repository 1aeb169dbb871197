# Completion of podwire for bash: source <(podwire completion bash)
# What can stand where the cursor is, `podwire __complete` says; here is only how bash wants it told.

_podwire() {
	local rest="${COMP_LINE:0:COMP_POINT}" untouched piece index last=-1
	local -a typed
	# Bash splits words at = and :, too: they are put together again where no space is between them.
	for ((index = 0; index <= COMP_CWORD; index++)); do
		untouched=$rest
		rest="${rest#"${rest%%[![:space:]]*}"}"
		piece="${COMP_WORDS[index]}"
		[[ $rest == "$piece"* ]] || piece=$rest # the cursor is within it
		if ((index == 0)) || [[ $rest != "$untouched" ]]; then
			last=$((last + 1))
			typed[last]=$piece
		else
			typed[last]="${typed[last]}$piece"
		fi
		rest="${rest#"$piece"}"
	done

	local quote=''
	[[ ${typed[last]} == [\"\']* ]] && quote="${typed[last]:0:1}" && typed[last]="${typed[last]:1}"
	local value="${typed[last]}"
	[[ $value == -*=* ]] && value="${value#*=}"
	# Bash replaces its own last piece alone, and of = or : what comes after it.
	piece="${piece#[\"\']}"
	[[ $piece == [=:]* ]] && piece=''
	local before="${value%"$piece"}"

	COMPREPLY=()
	local line directive=4
	while IFS= read -r line; do
		if [[ $line =~ ^:[0-9]+$ ]]; then
			directive="${line#:}"
			continue
		fi
		line="${line%%$'\t'*}"
		line="${line#"$before"}"
		[[ $quote ]] || printf -v line %q "$line"
		COMPREPLY[${#COMPREPLY[@]}]=$line
	done < <(podwire __complete "${typed[@]:1}" 2>/dev/null)

	if ((directive & 4)); then
		# compopt came with bash 4.
		if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/:] ]] && type compopt &>/dev/null; then compopt -o nospace; fi
	elif type compopt &>/dev/null; then
		compopt -o default
	else
		while IFS= read -r line; do COMPREPLY[${#COMPREPLY[@]}]=$line; done < <(compgen -f -- "$piece")
	fi
}

complete -F _podwire podwire kubectl-podwire
