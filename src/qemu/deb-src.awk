# SPDX-License-Identifier: GPL-2.0-only
#
# deb-src.awk - from a machine's own apt sources (*.sources and *.list files, as
# arguments) makes the entries, in deb822 style, by which apt finds Debian's source
# packages on the same mirrors and checks them with the same keys. Taken are those of
# the release whose code name is -v codename=NAME, by any of its names.

function keep_words(text, pattern, unwanted,    n, i, part, kept)
{
	n = split(text, part, " ")
	for (i = 1; i <= n; i++)
		if ((part[i] ~ pattern) != unwanted)
			kept = kept (kept == "" ? "" : " ") part[i]
	return kept
}

function emit(uris, suites, components, more,    text)
{
	uris = keep_words(uris, "^cdrom:", 1)
	suites = keep_words(suites, "^(" codename "|(old)*stable)(-|$)", 0)
	if (uris == "" || suites == "" || keep_words(components, "^main$", 0) == "")
		return
	text = "Types: deb-src\nURIs: " uris "\nSuites: " suites "\nComponents: main\n" more
	if (!(text in seen))
		print (n_seen++ ? "\n" : "") text
	seen[text] = 1
}

# What says which key is good, and whether it matters; as an option, as a field
BEGIN {
	ORS = ""
	field_of["signed-by"] = "Signed-By"
	field_of["trusted"] = "Trusted"
	field_of["check-valid-until"] = "Check-Valid-Until"
}

function end_stanza(    name, more)
{
	for (name in field_of)
		if (name in value)
			more = more field_of[name] ":" value[name] "\n"
	if (value["types"] ~ /deb/ && tolower(value["enabled"]) !~ /^ *(no|false|0|off|without)$/)
		emit(value["uris"], value["suites"], value["components"], more)
	split("", value)
	last = ""
}

FNR == 1 { end_stanza() }
{ sub(/\r$/, "") }
/^[ \t]*#/ { next }

# deb [option=value ...] URI suite component...
FILENAME ~ /\.list$/ {
	sub(/#.*/, "")
	if ($1 != "deb" && $1 != "deb-src")
		next
	more = ""
	sub(/^[ \t]*deb(-src)?[ \t]+/, "")
	if (match($0, /^\[[^]]*\]/)) {
		options = substr($0, 2, RLENGTH - 2)
		$0 = substr($0, RLENGTH + 1)
		n = split(options, option, " ")
		for (i = 1; i <= n; i++) {
			name = tolower(substr(option[i], 1, index(option[i], "=") - 1))
			text = substr(option[i], index(option[i], "=") + 1)
			gsub(/,/, " ", text)
			if (name in field_of)
				more = more field_of[name] ": " text "\n"
		}
	}
	uri = $1
	suite = $2
	$1 = $2 = ""
	emit(uri, suite, $0, more)
	next
}

/^[ \t]*$/ { end_stanza(); next }
/^[ \t]/ { value[last] = value[last] "\n" $0; next }	# a key may be written out
{
	last = tolower(substr($0, 1, index($0, ":") - 1))
	value[last] = substr($0, index($0, ":") + 1)
}
END { end_stanza() }
