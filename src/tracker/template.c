#include "tracker/template.h"

int
template_load(struct db *db, struct drain *d, struct err *e)
{
	struct stmt *s = db_stmt(db, "SELECT id, scope, first, text,"
	    " coalesce(alias_of, 0), count, frozen FROM ops_template"
	    " ORDER BY id /* whole table: each is needed */");
	int rc;

	while ((rc = stmt_step(s, e)) > 0) {
		struct drain_row row = { .id = stmt_int(s, 0),
		    .scope = stmt_str(s, 1), .first = stmt_str(s, 2),
		    .text = stmt_str(s, 3), .alias_of = stmt_int(s, 4),
		    .count = stmt_int(s, 5), .frozen = stmt_int(s, 6) != 0 };

		if (drain_load(d, &row, e) != 0) {
			rc = -1;
			break;
		}
	}
	stmt_reset(s);
	return rc;
}

static int
put(void *to, const struct drain_row *row, struct err *e)
{
	struct stmt *s = db_stmt(to, "INSERT INTO ops_template (id, scope,"
	    " first, text, alias_of, count, frozen) VALUES (:id, :scope,"
	    " :first, :text, nullif(:alias, 0), :count, :frozen)"
	    " ON CONFLICT (id) DO UPDATE SET text = excluded.text,"
	    " alias_of = excluded.alias_of, count = excluded.count,"
	    " frozen = excluded.frozen");

	stmt_bind_int(s, ":id", row->id);
	stmt_bind_str(s, ":scope", row->scope);
	stmt_bind_str(s, ":first", row->first);
	stmt_bind_str(s, ":text", row->text);
	stmt_bind_int(s, ":alias", row->alias_of);
	stmt_bind_int(s, ":count", row->count);
	stmt_bind_int(s, ":frozen", row->frozen);
	return stmt_run(s, e);
}

int
template_store(struct db *db, struct drain *d, int64_t *version,
    struct err *e)
{
	if (drain_changed(d, put, db, e) != 0)
		return -1;
	return stmt_one_int(db_stmt(db, "UPDATE ops_template_version"
	    " SET version = version + 1 RETURNING version"), version, e);
}

int
template_version(struct db *db, int64_t *version, struct err *e)
{
	return stmt_one_int(db_stmt(db, "SELECT version"
	    " FROM ops_template_version"), version, e);
}
