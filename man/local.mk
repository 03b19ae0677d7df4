dist_man_MANS += man/patchwarden.batch.5 man/patchwarden.conf.5 \
	man/patchwarden.ops.7 man/patchwarden.policy.5 \
	man/patchwarden.severity.5 \
	man/patchwarden.validators.7
EXTRA_DIST += man/update

# The section KEYS comes from the table in src/model/config.c.
update-manual: src/patchctl/patchctl
	$(srcdir)/man/update src/patchctl/patchctl \
	    $(srcdir)/man/patchwarden.conf.5 >patchwarden.conf.5.new
	mv patchwarden.conf.5.new $(srcdir)/man/patchwarden.conf.5
.PHONY: update-manual
