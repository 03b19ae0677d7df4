pagesdir = $(pkgdatadir)
nobase_dist_pages_DATA = \
	www/index.html \
	www/patchwarden.css \
	www/patchwarden.js
