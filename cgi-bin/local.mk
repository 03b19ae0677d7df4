# One program per privilege set; its manual beside it.
dist_man_MANS += cgi-bin/patches.fcgi.8 cgi-bin/logs.fcgi.8 \
	cgi-bin/stats.fcgi.8

cgibin_PROGRAMS += cgi-bin/patches.fcgi
cgi_bin_patches_fcgi_SOURCES = cgi-bin/patches.c
cgi_bin_patches_fcgi_LDADD = $(api_libs) $(api_deps)

cgibin_PROGRAMS += cgi-bin/logs.fcgi
cgi_bin_logs_fcgi_SOURCES = cgi-bin/logs.c
cgi_bin_logs_fcgi_LDADD = $(api_libs) $(api_deps)

dist_man_MANS += cgi-bin/agent.fcgi.8
cgibin_PROGRAMS += cgi-bin/agent.fcgi
cgi_bin_agent_fcgi_SOURCES = cgi-bin/agent.c
cgi_bin_agent_fcgi_LDADD = $(api_libs) $(api_deps)

cgibin_PROGRAMS += cgi-bin/stats.fcgi
cgi_bin_stats_fcgi_SOURCES = cgi-bin/stats.c
cgi_bin_stats_fcgi_LDADD = $(api_libs) $(api_deps)

dist_man_MANS += cgi-bin/reports.fcgi.8
cgibin_PROGRAMS += cgi-bin/reports.fcgi
cgi_bin_reports_fcgi_SOURCES = cgi-bin/reports.c
cgi_bin_reports_fcgi_LDADD = $(api_libs) $(api_deps)

dist_man_MANS += cgi-bin/ops.fcgi.8
cgibin_PROGRAMS += cgi-bin/ops.fcgi
cgi_bin_ops_fcgi_SOURCES = cgi-bin/ops.c
cgi_bin_ops_fcgi_LDADD = $(api_libs) $(api_deps)
