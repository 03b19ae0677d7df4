dist_man_MANS += man/patchwarden.conf.5
