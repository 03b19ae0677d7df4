EXTRA_DIST += contrib/up contrib/check contrib/lib.sh .ci/run \
	contrib/lighttpd/patchwarden.conf.in \
	contrib/apache/patchwarden.conf.in \
	contrib/cron.d/patchwarden
