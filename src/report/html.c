// SPDX-License-Identifier: GPL-2.0-only
/*
 * report.html: report.md as one page that needs nothing else, plots and all. What
 * the report says is decided there; this dresses it.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <libxml/entities.h>
#include <libxml/uri.h>
#include <libxml/xmlmemory.h>

#include "base/file.h"
#include "base/json.h"
#include "report/report.h"

static const char style[] =
	":root { color-scheme: light dark; --line: #8884; --soft: #8881; }\n"
	"body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;\n"
	"  padding: 0 1rem; overflow-wrap: break-word; }\n"
	"h1 { margin-bottom: 0; }\n"
	"h2 { border-bottom: 1px solid var(--line); margin-top: 2.2rem; }\n"
	"h1 ~ h2:first-of-type { margin-top: 1rem; }\n"
	"h1 ~ h2:first-of-type + ul { background: var(--soft); border-left: 4px solid #0072b2;\n"
	"  padding: .8rem 1rem .8rem 2.2rem; }\n"
	"table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block;\n"
	"  overflow-x: auto; }\n"
	"th, td { padding: .25rem .8rem; border-bottom: 1px solid var(--line); }\n"
	"thead th { border-bottom: 2px solid; vertical-align: bottom; }\n"
	"img { max-width: 100%; height: auto; background: #fff; display: block; margin: 1rem auto; }\n"
	"code, pre { font-size: .9em; white-space: pre-wrap; }\n"
	"@media print {\n"
	"  @page { size: A4; margin: 15mm; }\n"
	"  :root { color-scheme: light; }\n"
	"  body { font-size: 10pt; max-width: none; margin: 0; padding: 0; }\n"
	"  img { max-width: 85%; }\n"
	"  img, tr { break-inside: avoid; }\n"
	"  h2, h3, thead { break-after: avoid; }\n"
	"  table { display: table; }\n"
	"  th, td { padding: .15rem .4rem; }\n"
	"}\n";

/* The image at @url as text of this page; NULL if it cannot be read. */
static char *inline_image(const char *dir, const char *url, const char *alt)
{
	char path[PATH_MAX], *svg, *out = NULL;
	xmlChar *uri, *text;
	struct vh_err unused;
	size_t len;

	snprintf(path, sizeof(path), "%s/%s", dir, url);
	if (file_read(path, &svg, &len, &unused))
		return NULL;
	uri = xmlURIEscapeStr((xmlChar *)svg, (xmlChar *)" =:/,;()*!");
	text = xmlEncodeSpecialChars(NULL, (xmlChar *)alt);
	if (uri && text && asprintf(&out, "<img src=\"data:image/svg+xml,%s\" alt=\"%s\">",
				    (char *)uri, (char *)text) < 0)
		out = NULL;
	xmlFree(uri);
	xmlFree(text);
	free(svg);
	return out;
}

/* Puts what is linked into the page itself. Text of users stays what the parser made it. */
static void inline_images(cmark_node *doc, const char *dir)
{
	cmark_iter *it = cmark_iter_new(doc);
	cmark_node *node, *with;
	cmark_event_type ev;
	char *html;

	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		node = cmark_iter_get_node(it);
		if (ev != CMARK_EVENT_EXIT || cmark_node_get_type(node) != CMARK_NODE_IMAGE)
			continue;
		html = inline_image(dir, cmark_node_get_url(node), cmark_node_get_title(node));
		if (!html)
			continue;
		with = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
		cmark_node_set_on_enter(with, html);
		cmark_node_replace(node, with);
		cmark_node_free(node);
		free(html);
	}
	cmark_iter_free(it);
}

static char *render(const char *markdown, size_t len, const char *dir)
{
	cmark_parser *parser;
	cmark_node *doc;
	char *html = NULL;

	cmark_gfm_core_extensions_ensure_registered();
	parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
	cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
	cmark_parser_feed(parser, markdown, len);
	doc = cmark_parser_finish(parser);
	if (doc) {
		inline_images(doc, dir);
		html = cmark_render_html(doc, CMARK_OPT_DEFAULT,
					 cmark_parser_get_syntax_extensions(parser));
		cmark_node_free(doc);
	}
	cmark_parser_free(parser);
	return html;
}

int report_html(const struct report *r, const char *dir, const char *markdown, FILE *out)
{
	char *body = render(markdown, strlen(markdown), dir);
	xmlChar *name = xmlEncodeSpecialChars(NULL, (xmlChar *)r->e->name);
	int ret = -1;

	if (!body || !name)
		goto out;
	ret = 0;
	fprintf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	fprintf(out, "<meta name=\"viewport\" content=\"width=device-width\">\n");
	fprintf(out, "<meta name=\"generator\" content=\"vhint\">\n");
	fprintf(out, "<title>%s - vhint</title>\n<style>\n%s</style>\n</head>\n<body>\n",
		(char *)name, style);
	fputs(body, out);
	fputs("</body>\n</html>\n", out);
out:
	xmlFree(name);
	free(body);
	return ret;
}
