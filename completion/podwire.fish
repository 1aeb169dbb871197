# Completion of podwire for fish: podwire completion fish | source
# What can stand where the cursor is, `podwire __complete` says; here is only how fish wants it told.

function __podwire_complete
	set -l before (commandline -opc)
	set -l word (commandline -ct)
	set -l value (string replace -r -- '^-[^=]*=' '' "$word")
	# Of --flag=value the value is completed; fish wants all of the word.
	set -l prefix (string match -r -- '^-[^=]*=' "$word")
	set -l lines (podwire __complete $before[2..] "$word" 2>/dev/null)
	if test "$lines[-1]" = ':0'
		for path in (__fish_complete_path "$value")
			printf '%s%s\n' "$prefix" $path
		end
		return
	end
	for line in $lines
		string match -qr -- '^:[0-9]+$' $line; or printf '%s%s\n' "$prefix" $line
	end
end

complete -c podwire -f -a '(__podwire_complete)'
complete -c kubectl-podwire -f -a '(__podwire_complete)'
