# One program per privilege set; its manual beside it.
dist_man_MANS += cgi-bin/patches.fcgi.8 cgi-bin/logs.fcgi.8
