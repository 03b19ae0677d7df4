-- The cells of errors (facets 7 and 8) have a form of their own
-- (src/ledger/packed_errors.h).  Those that are there are written anew by
-- `patchctl db migrate', which finds them by these numbers, and goes on from
-- the last event: what comes meanwhile is only stored.
UPDATE rollup SET facet = facet + 100 WHERE facet IN (7, 8);

INSERT OR IGNORE INTO property (key, value)
SELECT 'projected_to', CAST((SELECT coalesce(max(seq), 0) FROM event) AS TEXT)
WHERE EXISTS (SELECT 1 FROM rollup WHERE facet > 100);
