"""unmigrate.py DATABASE MIGRATIONS VERSION: take back what migrations after
VERSION added to a database: tables, indexes, columns.  What they did to rows
stays."""
import glob
import os
import re
import sqlite3
import sys

database, folder, version = sys.argv[1], sys.argv[2], int(sys.argv[3])
UNDO = [
    (r"CREATE (?:VIRTUAL )?TABLE (\w+)", "DROP TABLE {0}"),
    (r"CREATE VIEW (\w+)", "DROP VIEW {0}"),
    (r"CREATE (?:UNIQUE )?INDEX (\w+)", "DROP INDEX IF EXISTS {0}"),
    (r"ALTER TABLE (\w+)\s+ADD COLUMN (\w+)", "ALTER TABLE {0} DROP COLUMN {1}"),
]

db = sqlite3.connect(database, isolation_level=None)
db.execute("BEGIN IMMEDIATE")
for path in sorted(glob.glob(folder + "/*.sql"), reverse=True):
    if int(os.path.basename(path).split("_")[0]) <= version:
        continue
    with open(path, encoding="utf-8") as f:
        text = re.sub(r"--[^\n]*", "", f.read())
    for statement in reversed(text.split(";")):
        for pattern, undo in UNDO:
            made = re.match(r"\s*" + pattern, statement)
            if made:
                db.execute(undo.format(*made.groups()))
db.execute("DELETE FROM schema_migrations WHERE version > ?", (version,))
db.execute("COMMIT")
