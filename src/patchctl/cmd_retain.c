#include <stdio.h>

#include "govern/retain.h"
#include "json/json_writer.h"
#include "patchctl/command.h"
#include "patchctl/progress.h"

static void
report_json(const struct retain_report *r, bool dry)
{
	struct buf out = BUF_INIT(KIB(16));
	struct json_writer w = JSON_WRITER(&out);

	json_object_open(&w);
	json_key(&w, "ok");
	json_put_bool(&w, true);
	json_key(&w, "dry_run");
	json_put_bool(&w, dry);
	for (enum retained what = 0; what < RETAIN__MAX; what++) {
		json_key(&w, retained_names[what]);
		json_object_open(&w);
		json_key(&w, "days");
		json_put_int(&w, r->of[what].days);
		json_key(&w, "rows");
		json_put_int(&w, r->of[what].rows);
		json_object_close(&w);
	}
	json_key(&w, "archive");
	json_put_str(&w, r->archive);
	json_object_close(&w);
	puts(out.p);
	buf_free(&out);
}

static void
report_text(const struct retain_report *r, bool dry)
{
	for (enum retained what = 0; what < RETAIN__MAX; what++) {
		if (r->of[what].days == 0)
			printf("%-8s kept for ever\n", retained_names[what]);
		else
			printf("%-8s %lld rows older than %lld days %s\n",
			    retained_names[what], (long long)r->of[what].rows,
			    (long long)r->of[what].days,
			    dry ? "would be removed" : "removed");
	}
	if (r->archive.p)
		printf("the events are in %s\n", r->archive.p);
}

static int
retain(struct command_line *l, struct err *e)
{
	struct retain_report report;
	struct progress progress;
	struct govern g = { 0 };
	bool dry = false, quiet = false;
	const struct option_row options[] = {
		{ .name = "dry-run", .flag = &dry },
		{ .name = "quiet", .flag = &quiet },
	};
	struct retain_options o = { .arg = &progress };
	int rc = -1;

	if (command_options(l, options, countof(options), e) != 0)
		return -1;
	o.dry_run = dry;
	o.tell = quiet ? NULL : progress_tell;
	progress_begin(&progress, "rows");
	if (command_govern(l, &g, e) == 0)
		rc = govern_retain(&g, l->a, &o, &report, e);
	progress_end(&progress);
	if (rc == 0 && l->json)
		report_json(&report, dry);
	else if (rc == 0 && !quiet)
		report_text(&report, dry);
	govern_close(&g);
	return rc;
}

const struct command retain_commands[] = {
	{ "db retain", "[--dry-run] [--quiet] [--json]", retain, "Remove what is older than the settings PATCHWARDEN_RETAIN_* want.", "Nothing is removed by default. The hash chain stays verifiable, statistics stay exact; see patchwarden.conf(5). Meant for cron.", false, NULL },
	{ 0 }
};
