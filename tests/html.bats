#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only
#
# The report as people see it: plots, and the page in a browser. A fake agent stands in
# for the host, as in cli.bats; its title tries to be HTML.

bats_require_minimum_version 1.5.0

load fixtures/fake

setup_file() {
	fake_host "$BATS_FILE_TMPDIR"
	cd "$BATS_FILE_TMPDIR" || return
	experiment '.title = "<script>document.title = \"caught\"</script> a *test* | of tests"' >x.json
	"$RUN" -q x.json >out 2>err
	export DIR=$VHINT_RESULTS/x/latest
}

# browser OPTIONS...: on the page, with nothing of the network
browser() {
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$BATS_TEST_TMPDIR/profile" "$@" \
		"file://$(realpath "$DIR")/report.html" 2>"$BATS_TEST_TMPDIR/browser.log"
}

@test "plots are SVG, with what they were drawn from" {
	for plot in repetitions slowdown run-delay; do
		xmllint --noout --nonet "$DIR/plots/$plot.svg"
		[ -s "$DIR/plots/$plot.gp" ]
	done
	[ ! -e "$DIR/plots/gnuplot.log" ]
	grep -q '>slowdown<' "$DIR/plots/slowdown.svg"
	grep -qF '![slowdown](plots/slowdown.svg' "$DIR/report.md"
}

@test "report makes all of it again, byte for byte" {
	cp -r "$DIR/" before
	rm -r "$DIR"/{plots,report.html,report.md,summary.json,mail.txt}
	"$RUN" report "$DIR" >/dev/null
	diff -r before "$DIR/"
	rm -r before
}

@test "the page needs nothing but itself" {
	sed 's/data:image[^"]*/DATA/g' "$DIR/report.html" >page
	run ! grep -E 'https?://|src="[^D]|<link|@import' page
	[ "$(grep -o '<img src="data:image/svg+xml,' "$DIR/report.html" | wc -l)" -ge 3 ]
}

@test "the page opens in a browser: verdict, table, every plot; a title is text" {
	browser --dump-dom >dom
	grep -q 'urgent vs stock: slowdown' dom
	[ "$(xmllint --html --xpath 'count(//table)' dom 2>/dev/null)" -ge 3 ]
	[[ $(xmllint --html --xpath 'string(//title)' dom 2>/dev/null) == "x - vhint" ]]
	grep -qF '&lt;script&gt;document.title = "caught"&lt;/script&gt; a *test* | of tests' dom
	run ! grep -iE 'CONSOLE|ERR_' "$BATS_TEST_TMPDIR/browser.log"
}

@test "the page prints on a few sheets of A4" {
	browser --no-pdf-header-footer --print-to-pdf="$BATS_TEST_TMPDIR/page.pdf"
	pages=$(grep -ac '/Type */Page\b' "$BATS_TEST_TMPDIR/page.pdf")
	echo "$pages pages"
	((pages >= 2 && pages <= 8))
	grep -aqE '/MediaBox *\[0 0 59[45][.0-9]* 84[12]' "$BATS_TEST_TMPDIR/page.pdf"
}

@test "no gnuplot: a warning that names it, and a report nonetheless" {
	mkdir -p bin empty
	cp -r "$DIR/" copy
	for tool in sh env; do ln -sf "$(command -v $tool)" bin/; done
	run -0 --separate-stderr env PATH="$PWD/bin" "$RUN" report "$PWD/copy"
	[[ $stderr == *"the report has no plots: gnuplot is not there; install Debian's package gnuplot-nox"* ]]
	[ -s copy/report.html ]
	[ ! -e copy/plots/slowdown.svg ]
	grep -q 'Slowdown: not drawn' copy/report.md
}
