/* Taking an edit of a file back when a later one made it, removed it or changed
 * its mode, or put something in at the same point. */
#include "govern/undo.h"
#include "tap.h"

/* What excludes each other without any hunk; modes: -1 there is no file. */
static const struct {
	const char *name;
	int64_t modes[3];		/* before, between, after */
	bool first_edits, second_edits;
	int want;			/* of taking the first back */
	const char *detail;
} turns[] = {
	{ "made, left alone", { -1, 0644, 0644 }, true, false, 1, NULL },
	{ "made, then edited", { -1, 0644, 0644 }, true, true, 0,
	    "f: patch new edited the file later" },
	{ "made, then made executable", { -1, 0644, 0755 }, true, false, 0,
	    "f: patch new edited the file later" },
	{ "edited, then removed", { 0644, 0644, -1 }, true, true, 0,
	    "f: patch new removed the file later" },
	{ "removed, then made again", { 0644, -1, 0644 }, true, true, 0,
	    "f: patch new made the file again later" },
	{ "mode changed twice", { 0644, 0755, 0644 }, false, false, 0,
	    "f: patch new edited the file later" },
	{ "mode changed, then edited", { 0644, 0755, 0755 }, false, true, 1,
	    NULL },
};

static void
test_turns(struct arena *a)
{
	for (size_t i = 0; i < countof(turns); i++) {
		struct hunk old = { .from = 0, .come = STR("abcd") };
		struct hunk new = { .from = 4, .come = STR("x") };
		struct file_edit rows[] = {
			{ .patch_id = STR("old"),
			    .mode_before = turns[i].modes[0],
			    .mode = turns[i].modes[1] },
			{ .patch_id = STR("new"),
			    .mode_before = turns[i].modes[1],
			    .mode = turns[i].modes[2] },
		};
		struct undo_step steps[] = {
			{ .row = &rows[0], .was = { &old,
			    turns[i].first_edits, 1 } },
			{ .row = &rows[1], .was = { &new,
			    turns[i].second_edits, 1 } },
		};
		size_t carries = 9;
		struct undo_track t = { .a = a, .carries = &carries,
		    .path = STR("f"), .steps = steps,
		    .n = 2, .existed = true, .exists = true,
		    .before = STR("abcdx") };
		struct undo_conflict c = { 0 };
		struct undo_file out = { 0 };
		struct err e = { 0 };
		int rc;

		steps[0].now = steps[0].was;
		steps[1].now = steps[1].was;
		rc = undo_take_back(&t, STR("old"), &out, &c, &e);
		ok(rc == turns[i].want && (rc == 1 || (str_is(c.patch_id,
		    "new") && str_find(c.detail, str(turns[i].detail)) <
		    c.detail.len)), "%s: %.*s", turns[i].name,
		    STR_ARG(c.detail));
		if (rc == 1 && turns[i].modes[0] < 0)
			ok(!out.exists, "%s: removed", turns[i].name);
		if (rc == 1 && turns[i].modes[0] >= 0)
			is_int(out.mode, turns[i].modes[0], "%s: mode",
			    turns[i].name);
	}
}

/* "ab" and then "cd" were put in side by side, both were reverted, and "ab" is
 * back: nothing in the list of "cd" tells that it belongs behind. */
static void
test_neighbours(struct arena *a)
{
	struct hunk gone = { .gone = STR("cd") }, back = { .come = STR("ab") };
	struct file_edit rows[] = {
		{ .id = 1, .patch_id = STR("old"), .reverts = STR("cd") },
		{ .id = 2, .patch_id = STR("new"), .reverts = STR("r") },
	};
	struct undo_step steps[] = {
		{ .row = &rows[0], .was = { &gone, 1, 1 } },
		{ .row = &rows[1], .was = { &back, 1, 1 } },
	};
	size_t carries = 9;
	struct undo_track t = { .a = a, .carries = &carries,
	    .path = STR("f"), .steps = steps, .n = 2, .existed = true,
	    .exists = true, .before = STR("ab") };
	struct undo_conflict c = { 0 };
	struct undo_file out = { 0 };
	struct err e = { 0 };

	steps[0].now = steps[0].was;
	steps[1].now = steps[1].was;
	undo_want(&t, 1);
	ok(undo_settle(&t, &e) == 0 && undo_take_back(&t, STR("old"), &out,
	    &c, &e) == 0 && str_is(c.patch_id, "new"), "two old texts at one "
	    "point: %.*s", STR_ARG(c.detail));
	rows[1].reverts = STR_NONE;
	ok(undo_take_back(&t, STR("old"), &out, &c, &e) == 1 &&
	    out.script.h[0].from == 0, "an old text stands before a new one");
}

int
main(void)
{
	struct arena *a = arena_new();

	test_turns(a);
	test_neighbours(a);
	arena_free(a);
	return done_testing();
}
