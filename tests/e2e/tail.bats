# patchctl tail against a real server.
load ../lib/server
