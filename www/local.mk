wwwdir = $(pkgdatadir)/www
dist_www_DATA = www/index.html www/patchwarden.css www/patchwarden.js
