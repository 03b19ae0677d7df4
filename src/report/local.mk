noinst_LIBRARIES += src/report/libreport.a
src_report_libreport_a_SOURCES = \
	src/report/figure.c \
	src/report/figure.h \
	src/report/html.c \
	src/report/html.h \
	src/report/html_table.c \
	src/report/html_table.h \
	src/report/markdown.c \
	src/report/markdown.h \
	src/report/report.h \
	src/report/report_build.c \
	src/report/report_build.h \
	src/report/report_css.c \
	src/report/report_css.h \
	src/report/report_html.c \
	src/report/report_json.c \
	src/report/report_md.c \
	src/report/report_phases.c \
	src/report/report_text.c \
	src/report/section.c \
	src/report/section.h \
	src/report/visible.c \
	src/report/visible.h
