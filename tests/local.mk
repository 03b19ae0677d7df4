# What `make check` runs: unit tests, the programs as plain CGI, lints.  Each
# prints TAP.  Tests that need ports, a web server or npm are in tests/e2e and
# run by contrib/check.
unit_tests = \
	tests/unit/test_any_ops \
	tests/unit/test_base \
	tests/unit/test_bridge \
	tests/unit/test_clean \
	tests/unit/test_conns \
	tests/unit/test_contract \
	tests/unit/test_csv \
	tests/unit/test_dialect \
	tests/unit/test_errors \
	tests/unit/test_event_chain \
	tests/unit/test_export \
	tests/unit/test_file \
	tests/unit/test_file_edit \
	tests/unit/test_gather \
	tests/unit/test_handshake \
	tests/unit/test_http \
	tests/unit/test_hub \
	tests/unit/test_intake \
	tests/unit/test_json \
	tests/unit/test_json_walk \
	tests/unit/test_local \
	tests/unit/test_log_query \
	tests/unit/test_loghub \
	tests/unit/test_log_random \
	tests/unit/test_marker \
	tests/unit/test_mask \
	tests/unit/test_drain \
	tests/unit/test_frames \
	tests/unit/test_grouper \
	tests/unit/test_severity \
	tests/unit/test_migrate \
	tests/unit/test_plan \
	tests/unit/test_plan_large \
	tests/unit/test_plan_result \
	tests/unit/test_projection \
	tests/unit/test_properties \
	tests/unit/test_runner \
	tests/unit/test_policy \
	tests/unit/test_policy_file \
	tests/unit/test_policy_tasks \
	tests/unit/test_quota \
	tests/unit/test_answers \
	tests/unit/test_redact \
	tests/unit/test_report \
	tests/unit/test_report_build \
	tests/unit/test_report_store \
	tests/unit/test_remote \
	tests/unit/test_resolve \
	tests/unit/test_retention \
	tests/unit/test_script \
	tests/unit/test_sse_reader \
	tests/unit/test_stats \
	tests/unit/test_store \
	tests/unit/test_swap \
	tests/unit/test_text \
	tests/unit/test_tracker \
	tests/unit/test_ticket \
	tests/unit/test_cases \
	tests/unit/test_udiff \
	tests/unit/test_undo \
	tests/unit/test_undo_turns \
	tests/unit/test_validate \
	tests/unit/test_workspace \
	tests/unit/test_ws_deflate \
	tests/unit/test_ws_frame \
	tests/unit/test_zone

check_PROGRAMS += $(unit_tests) tests/lib/http_app tests/lib/source_drive

loghub = tests/lib/loghub.c tests/lib/loghub.h tests/lib/loghub_rows.c
unit_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/tests/lib
# A fixture that cannot be made shows in what is checked after it.
unit_cflags = $(AM_CFLAGS) -Wno-unused-result

tests_unit_test_any_ops_SOURCES = tests/unit/test_any_ops.c
tests_unit_test_any_ops_CPPFLAGS = $(unit_cppflags)
tests_unit_test_any_ops_CFLAGS = $(unit_cflags)
tests_unit_test_any_ops_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CPPFLAGS = $(unit_cppflags)
tests_unit_test_base_CFLAGS = $(unit_cflags)
tests_unit_test_base_LDADD = $(base_libs) $(CRYPTO_LIBS)

tests_unit_test_bridge_SOURCES = tests/unit/test_bridge.c
tests_unit_test_bridge_CPPFLAGS = $(unit_cppflags)
tests_unit_test_bridge_CFLAGS = $(unit_cflags)
tests_unit_test_bridge_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_clean_SOURCES = tests/unit/test_clean.c
tests_unit_test_clean_CPPFLAGS = $(unit_cppflags)
tests_unit_test_clean_CFLAGS = $(unit_cflags)
tests_unit_test_clean_LDADD = $(logs_libs) $(model_libs) $(ZLIB_LIBS) $(model_deps)

tests_unit_test_contract_SOURCES = tests/unit/test_contract.c
tests_unit_test_contract_CPPFLAGS = $(unit_cppflags)
tests_unit_test_contract_CFLAGS = $(unit_cflags)
tests_unit_test_contract_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_csv_SOURCES = tests/unit/test_csv.c
tests_unit_test_csv_CPPFLAGS = $(unit_cppflags)
tests_unit_test_csv_CFLAGS = $(unit_cflags)
tests_unit_test_csv_LDADD = $(model_libs) $(model_deps)

tests_unit_test_dialect_SOURCES = tests/unit/test_dialect.c
tests_unit_test_dialect_CPPFLAGS = $(unit_cppflags)
tests_unit_test_dialect_CFLAGS = $(unit_cflags)
tests_unit_test_dialect_LDADD = src/dialect/libdialect.a $(base_libs) $(CRYPTO_LIBS)

tests_unit_test_event_chain_SOURCES = tests/unit/test_event_chain.c
tests_unit_test_event_chain_CPPFLAGS = $(unit_cppflags)
tests_unit_test_event_chain_CFLAGS = $(unit_cflags)
tests_unit_test_event_chain_LDADD = $(store_libs) $(store_deps)

tests_unit_test_export_SOURCES = tests/unit/test_export.c
tests_unit_test_export_CPPFLAGS = $(unit_cppflags)
tests_unit_test_export_CFLAGS = $(unit_cflags)
tests_unit_test_export_LDADD = $(govern_libs) $(store_deps)

tests_unit_test_file_edit_SOURCES = tests/unit/test_file_edit.c
tests_unit_test_file_edit_CPPFLAGS = $(unit_cppflags)
tests_unit_test_file_edit_CFLAGS = $(unit_cflags)
tests_unit_test_file_edit_LDADD = $(govern_libs) $(store_deps)

tests_unit_test_handshake_SOURCES = tests/unit/test_handshake.c
tests_unit_test_handshake_CPPFLAGS = $(unit_cppflags)
tests_unit_test_handshake_CFLAGS = $(unit_cflags)
tests_unit_test_handshake_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_http_SOURCES = tests/unit/test_http.c
tests_unit_test_http_CPPFLAGS = $(unit_cppflags)
tests_unit_test_http_CFLAGS = $(unit_cflags)
tests_unit_test_http_LDADD = src/http/libhttp.a $(model_libs) $(FCGI_LIBS) $(model_deps)

tests_lib_http_app_SOURCES = tests/lib/http_app.c
tests_lib_http_app_LDADD = src/http/libhttp.a $(model_libs) $(FCGI_LIBS) $(model_deps)

tests_unit_test_conns_SOURCES = tests/unit/test_conns.c
tests_unit_test_conns_CPPFLAGS = $(unit_cppflags)
tests_unit_test_conns_CFLAGS = $(unit_cflags)
tests_unit_test_conns_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_gather_SOURCES = tests/unit/test_gather.c
tests_unit_test_gather_CPPFLAGS = $(unit_cppflags)
tests_unit_test_gather_CFLAGS = $(unit_cflags)
tests_unit_test_gather_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_hub_SOURCES = tests/unit/test_hub.c
tests_unit_test_hub_CPPFLAGS = $(unit_cppflags)
tests_unit_test_hub_CFLAGS = $(unit_cflags)
tests_unit_test_hub_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_intake_SOURCES = tests/unit/test_intake.c
tests_unit_test_intake_CPPFLAGS = $(unit_cppflags)
tests_unit_test_intake_CFLAGS = $(unit_cflags)
tests_unit_test_intake_LDADD = $(logs_libs) $(model_libs) $(ZLIB_LIBS) $(model_deps)

tests_unit_test_json_SOURCES = tests/unit/test_json.c
tests_unit_test_json_CPPFLAGS = $(unit_cppflags)
tests_unit_test_json_CFLAGS = $(unit_cflags)
tests_unit_test_json_LDADD = $(model_libs) $(model_deps)

tests_unit_test_json_walk_SOURCES = tests/unit/test_json_walk.c
tests_unit_test_json_walk_CPPFLAGS = $(unit_cppflags)
tests_unit_test_json_walk_CFLAGS = $(unit_cflags)
tests_unit_test_json_walk_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_local_SOURCES = tests/unit/test_local.c
tests_unit_test_local_CPPFLAGS = $(unit_cppflags)
tests_unit_test_local_CFLAGS = $(unit_cflags)
tests_unit_test_local_LDADD = src/local/liblocal.a src/remote/libremote.a $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_log_query_SOURCES = tests/unit/test_log_query.c
tests_unit_test_log_query_CPPFLAGS = $(unit_cppflags)
tests_unit_test_log_query_CFLAGS = $(unit_cflags)
tests_unit_test_log_query_LDADD = $(store_libs) $(store_deps)

tests_unit_test_log_random_SOURCES = tests/unit/test_log_random.c
tests_unit_test_log_random_CPPFLAGS = $(unit_cppflags)
tests_unit_test_log_random_CFLAGS = $(unit_cflags)
tests_unit_test_log_random_LDADD = $(store_libs) $(store_deps)

tests_unit_test_loghub_SOURCES = tests/unit/test_loghub.c $(loghub)
tests_unit_test_loghub_CPPFLAGS = $(unit_cppflags)
tests_unit_test_loghub_CFLAGS = $(unit_cflags)
tests_unit_test_loghub_LDADD = $(logs_libs) $(model_libs) $(model_deps)

tests_unit_test_severity_SOURCES = tests/unit/test_severity.c
tests_unit_test_severity_CPPFLAGS = $(unit_cppflags)
tests_unit_test_severity_CFLAGS = $(unit_cflags)
tests_unit_test_severity_LDADD = $(logs_libs) $(model_libs) $(model_deps)

tests_unit_test_grouper_SOURCES = tests/unit/test_grouper.c
tests_unit_test_grouper_CPPFLAGS = $(unit_cppflags)
tests_unit_test_grouper_CFLAGS = $(unit_cflags)
tests_unit_test_grouper_LDADD = $(logs_libs) $(model_libs) $(model_deps)

tests_unit_test_frames_SOURCES = tests/unit/test_frames.c
tests_unit_test_frames_CPPFLAGS = $(unit_cppflags)
tests_unit_test_frames_CFLAGS = $(unit_cflags)
tests_unit_test_frames_LDADD = $(logs_libs) $(model_libs) $(model_deps)

tests_unit_test_drain_SOURCES = tests/unit/test_drain.c
tests_unit_test_drain_CPPFLAGS = $(unit_cppflags)
tests_unit_test_drain_CFLAGS = $(unit_cflags)
tests_unit_test_drain_LDADD = $(logs_libs) $(model_libs) $(model_deps)

tests_unit_test_mask_SOURCES = tests/unit/test_mask.c
tests_unit_test_mask_CPPFLAGS = $(unit_cppflags)
tests_unit_test_mask_CFLAGS = $(unit_cflags)
tests_unit_test_mask_LDADD = $(logs_libs) $(model_libs) $(model_deps)

tests_unit_test_marker_SOURCES = tests/unit/test_marker.c
tests_unit_test_marker_CPPFLAGS = $(unit_cppflags)
tests_unit_test_marker_CFLAGS = $(unit_cflags)
tests_unit_test_marker_LDADD = src/dialect/libdialect.a $(base_libs) $(PCRE2_LIBS) $(CRYPTO_LIBS)

tests_unit_test_migrate_SOURCES = tests/unit/test_migrate.c
tests_unit_test_migrate_CPPFLAGS = $(unit_cppflags)
tests_unit_test_migrate_CFLAGS = $(unit_cflags)
tests_unit_test_migrate_LDADD = $(store_libs) $(store_deps)

tests_unit_test_plan_SOURCES = tests/unit/test_plan.c
tests_unit_test_plan_CPPFLAGS = $(unit_cppflags)
tests_unit_test_plan_CFLAGS = $(unit_cflags)
tests_unit_test_plan_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_plan_large_SOURCES = tests/unit/test_plan_large.c
tests_unit_test_plan_large_CPPFLAGS = $(unit_cppflags)
tests_unit_test_plan_large_CFLAGS = $(unit_cflags)
tests_unit_test_plan_large_LDADD = $(edit_libs) $(model_libs) $(model_deps)
tests_unit_test_plan_result_SOURCES = tests/unit/test_plan_result.c
tests_unit_test_plan_result_CPPFLAGS = $(unit_cppflags)
tests_unit_test_plan_result_CFLAGS = $(unit_cflags)
tests_unit_test_plan_result_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_projection_SOURCES = tests/unit/test_projection.c
tests_unit_test_projection_CPPFLAGS = $(unit_cppflags)
tests_unit_test_projection_CFLAGS = $(unit_cflags)
tests_unit_test_projection_LDADD = $(store_libs) $(store_deps)

tests_unit_test_properties_SOURCES = tests/unit/test_properties.c
tests_unit_test_properties_CPPFLAGS = $(unit_cppflags)
tests_unit_test_properties_CFLAGS = $(unit_cflags)
tests_unit_test_properties_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_retention_SOURCES = tests/unit/test_retention.c
tests_unit_test_retention_CPPFLAGS = $(unit_cppflags)
tests_unit_test_retention_CFLAGS = $(unit_cflags)
tests_unit_test_retention_LDADD = $(govern_libs) $(store_deps)

tests_unit_test_runner_SOURCES = tests/unit/test_runner.c
tests_unit_test_runner_CPPFLAGS = $(unit_cppflags)
tests_unit_test_runner_CFLAGS = $(unit_cflags)
tests_unit_test_runner_LDADD = src/validate/libvalidate.a $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_policy_SOURCES = tests/unit/test_policy.c
tests_unit_test_policy_CPPFLAGS = $(unit_cppflags)
tests_unit_test_policy_CFLAGS = $(unit_cflags)
tests_unit_test_policy_LDADD = src/policy/libpolicy.a $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_policy_file_SOURCES = tests/unit/test_policy_file.c
tests_unit_test_policy_file_CPPFLAGS = $(unit_cppflags)
tests_unit_test_policy_file_CFLAGS = $(unit_cflags)
tests_unit_test_policy_file_LDADD = src/policy/libpolicy.a $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_policy_tasks_SOURCES = tests/unit/test_policy_tasks.c
tests_unit_test_policy_tasks_CPPFLAGS = $(unit_cppflags)
tests_unit_test_policy_tasks_CFLAGS = $(unit_cflags)
tests_unit_test_policy_tasks_LDADD = src/policy/libpolicy.a $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_quota_SOURCES = tests/unit/test_quota.c
tests_unit_test_quota_CPPFLAGS = $(unit_cppflags)
tests_unit_test_quota_CFLAGS = $(unit_cflags)
tests_unit_test_quota_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_answers_SOURCES = tests/unit/test_answers.c
tests_unit_test_answers_CPPFLAGS = $(unit_cppflags)
tests_unit_test_answers_CFLAGS = $(unit_cflags)
tests_unit_test_answers_LDADD = src/remote/libremote.a $(model_libs) $(model_deps)

tests_lib_source_drive_SOURCES = tests/lib/source_drive.c
tests_lib_source_drive_LDADD = $(ops_libs) $(govern_libs) $(store_deps)
tests_unit_test_redact_SOURCES = tests/unit/test_redact.c
tests_unit_test_redact_CPPFLAGS = $(unit_cppflags)
tests_unit_test_redact_CFLAGS = $(unit_cflags)
tests_unit_test_redact_LDADD = $(logs_libs) $(model_libs) $(ZLIB_LIBS) $(model_deps)
tests_unit_test_remote_SOURCES = tests/unit/test_remote.c
tests_unit_test_remote_CPPFLAGS = $(unit_cppflags)
tests_unit_test_remote_CFLAGS = $(unit_cflags)
tests_unit_test_remote_LDADD = src/remote/libremote.a $(model_libs) $(model_deps)

tests_unit_test_report_SOURCES = tests/unit/test_report.c
tests_unit_test_report_CPPFLAGS = $(unit_cppflags)
tests_unit_test_report_CFLAGS = $(unit_cflags)
tests_unit_test_report_LDADD = $(report_libs) $(model_libs) $(model_deps)

tests_unit_test_report_build_SOURCES = tests/unit/test_report_build.c
tests_unit_test_report_build_CPPFLAGS = $(unit_cppflags)
tests_unit_test_report_build_CFLAGS = $(unit_cflags)
tests_unit_test_report_build_LDADD = $(report_libs) $(model_libs) $(model_deps)

tests_unit_test_file_SOURCES = tests/unit/test_file.c
tests_unit_test_file_CPPFLAGS = $(unit_cppflags)
tests_unit_test_file_CFLAGS = $(unit_cflags)
tests_unit_test_file_LDADD = $(ops_libs) $(govern_libs) $(store_deps)
tests_unit_test_tracker_SOURCES = tests/unit/test_tracker.c
tests_unit_test_tracker_CPPFLAGS = $(unit_cppflags)
tests_unit_test_tracker_CFLAGS = $(unit_cflags)
tests_unit_test_tracker_LDADD = $(tracker_libs) $(store_libs) $(store_deps)
tests_unit_test_report_store_SOURCES = tests/unit/test_report_store.c
tests_unit_test_report_store_CPPFLAGS = $(unit_cppflags)
tests_unit_test_report_store_CFLAGS = $(unit_cflags)
tests_unit_test_report_store_LDADD = $(store_libs) $(store_deps)

# For tests/cgi/report_text.bats and tests/e2e/report_page.bats.
check_PROGRAMS += tests/lib/crowd
tests_lib_crowd_SOURCES = tests/lib/crowd.c
check_PROGRAMS += tests/lib/ws_echo
tests_lib_ws_echo_SOURCES = tests/lib/ws_echo.c
tests_lib_ws_echo_CPPFLAGS = $(unit_cppflags)
tests_lib_ws_echo_CFLAGS = $(unit_cflags)
tests_lib_ws_echo_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)
check_PROGRAMS += tests/lib/github_drive
tests_lib_github_drive_SOURCES = tests/lib/github_drive.c
tests_lib_github_drive_LDADD = src/remote/libremote.a $(model_libs) $(model_deps)
check_PROGRAMS += tests/lib/report_show
tests_lib_report_show_SOURCES = tests/lib/report_show.c
tests_lib_report_show_CPPFLAGS = $(unit_cppflags)
tests_lib_report_show_CFLAGS = $(unit_cflags)
tests_lib_report_show_LDADD = $(report_libs) $(model_libs) $(model_deps)

tests_unit_test_resolve_SOURCES = tests/unit/test_resolve.c
tests_unit_test_resolve_CPPFLAGS = $(unit_cppflags)
tests_unit_test_resolve_CFLAGS = $(unit_cflags)
tests_unit_test_resolve_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_script_SOURCES = tests/unit/test_script.c
tests_unit_test_script_CPPFLAGS = $(unit_cppflags)
tests_unit_test_script_CFLAGS = $(unit_cflags)
tests_unit_test_script_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_sse_reader_SOURCES = tests/unit/test_sse_reader.c
tests_unit_test_sse_reader_CPPFLAGS = $(unit_cppflags)
tests_unit_test_sse_reader_CFLAGS = $(unit_cflags)
tests_unit_test_sse_reader_LDADD = src/remote/libremote.a $(base_libs) $(CRYPTO_LIBS)

tests_unit_test_errors_SOURCES = tests/unit/test_errors.c
tests_unit_test_errors_CPPFLAGS = $(unit_cppflags)
tests_unit_test_errors_CFLAGS = $(unit_cflags)
tests_unit_test_errors_LDADD = $(store_libs) $(store_deps)

tests_unit_test_stats_SOURCES = tests/unit/test_stats.c
tests_unit_test_stats_CPPFLAGS = $(unit_cppflags)
tests_unit_test_stats_CFLAGS = $(unit_cflags)
tests_unit_test_stats_LDADD = $(store_libs) $(store_deps)

tests_unit_test_store_SOURCES = tests/unit/test_store.c
tests_unit_test_store_CPPFLAGS = $(unit_cppflags)
tests_unit_test_store_CFLAGS = $(unit_cflags)
tests_unit_test_store_LDADD = $(store_libs) $(store_deps)

tests_unit_test_swap_SOURCES = tests/unit/test_swap.c
tests_unit_test_swap_CPPFLAGS = $(unit_cppflags)
tests_unit_test_swap_CFLAGS = $(unit_cflags)
tests_unit_test_swap_LDADD = $(store_libs) $(store_deps)

tests_unit_test_text_SOURCES = tests/unit/test_text.c
tests_unit_test_text_CPPFLAGS = $(unit_cppflags)
tests_unit_test_text_CFLAGS = $(unit_cflags)
tests_unit_test_text_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_ticket_SOURCES = tests/unit/test_ticket.c
tests_unit_test_ticket_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ticket_CFLAGS = $(unit_cflags)
tests_unit_test_ticket_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_cases_SOURCES = tests/unit/test_cases.c
tests_unit_test_cases_CPPFLAGS = $(unit_cppflags)
tests_unit_test_cases_CFLAGS = $(unit_cflags)
tests_unit_test_cases_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_udiff_SOURCES = tests/unit/test_udiff.c
tests_unit_test_udiff_CPPFLAGS = $(unit_cppflags)
tests_unit_test_udiff_CFLAGS = $(unit_cflags)
tests_unit_test_udiff_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_undo_SOURCES = tests/unit/test_undo.c
tests_unit_test_undo_CPPFLAGS = $(unit_cppflags)
tests_unit_test_undo_CFLAGS = $(unit_cflags)
tests_unit_test_undo_LDADD = $(govern_libs) $(store_deps)

tests_unit_test_undo_turns_SOURCES = tests/unit/test_undo_turns.c
tests_unit_test_undo_turns_CPPFLAGS = $(unit_cppflags)
tests_unit_test_undo_turns_CFLAGS = $(unit_cflags)
tests_unit_test_undo_turns_LDADD = $(govern_libs) $(store_deps)

tests_unit_test_validate_SOURCES = tests/unit/test_validate.c
tests_unit_test_validate_CPPFLAGS = $(unit_cppflags)
tests_unit_test_validate_CFLAGS = $(unit_cflags)
tests_unit_test_validate_LDADD = src/validate/libvalidate.a $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_workspace_SOURCES = tests/unit/test_workspace.c
tests_unit_test_workspace_CPPFLAGS = $(unit_cppflags)
tests_unit_test_workspace_CFLAGS = $(unit_cflags)
tests_unit_test_workspace_LDADD = $(edit_libs) $(model_libs) $(model_deps)

tests_unit_test_ws_deflate_SOURCES = tests/unit/test_ws_deflate.c
tests_unit_test_ws_deflate_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ws_deflate_CFLAGS = $(unit_cflags)
tests_unit_test_ws_deflate_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_ws_frame_SOURCES = tests/unit/test_ws_frame.c
tests_unit_test_ws_frame_CPPFLAGS = $(unit_cppflags)
tests_unit_test_ws_frame_CFLAGS = $(unit_cflags)
tests_unit_test_ws_frame_LDADD = src/broadcastd/libbroadcastd.a $(store_libs) $(broadcastd_deps)

tests_unit_test_zone_SOURCES = tests/unit/test_zone.c
tests_unit_test_zone_CPPFLAGS = $(unit_cppflags)
tests_unit_test_zone_CFLAGS = $(unit_cflags)
tests_unit_test_zone_LDADD = $(base_libs) $(CRYPTO_LIBS)

cgi_tests = \
	tests/cgi/api.bats \
	tests/cgi/backup.bats \
	tests/cgi/bad_input.bats \
	tests/cgi/bench.bats \
	tests/cgi/bridge.bats \
	tests/cgi/chain.bats \
	tests/cgi/coords.bats \
	tests/cgi/defects.bats \
	tests/cgi/http.bats \
	tests/cgi/local.bats \
	tests/cgi/manual.bats \
	tests/cgi/patchctl.bats \
	tests/cgi/policy.bats \
	tests/cgi/python.bats \
	tests/cgi/report_text.bats \
	tests/cgi/revert.bats \
	tests/cgi/tickets.bats \
	tests/cgi/validate.bats \
	tests/cgi/retain.bats tests/cgi/check.bats tests/cgi/patchctl_sums.bats tests/cgi/logs.bats tests/cgi/ops.bats tests/cgi/report.bats tests/cgi/rpc.bats tests/cgi/stats.bats tests/cgi/tools.bats tests/cgi/trail.bats tests/cgi/versions.bats
lint_tests = \
	tests/lint/layers.sh \
	tests/lint/style.sh \
	tests/lint/manuals.sh

TEST_EXTENSIONS = .bats .sh
TAP_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(TAP_DRIVER)
SH_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_DRIVER = $(TAP_DRIVER)
BATS_LOG_COMPILER = $(SHELL) $(srcdir)/tests/lib/run-bats
TESTS = $(unit_tests) $(cgi_tests) $(lint_tests)
AM_TESTS_ENVIRONMENT = \
	abs_top_srcdir='$(abs_top_srcdir)'; export abs_top_srcdir; \
	abs_top_builddir='$(abs_top_builddir)'; export abs_top_builddir; \
	BATS='$(BATS)'; export BATS; \
	unset PATCHWARDEN_CONFIG PATCHWARDEN_DATABASE;

EXTRA_DIST += $(cgi_tests) $(lint_tests) \
	tests/browser/chromium.py \
	tests/browser/page.py \
	tests/browser/report.py \
	tests/report \
	tests/e2e/apache.bats \
	tests/e2e/chaos.bats \
	tests/e2e/chaos.py \
	tests/e2e/chaos_cast.py \
	tests/e2e/chaos_client.py \
	tests/e2e/concurrency.bats \
	tests/e2e/concurrency.py \
	tests/e2e/crowd.bats \
	tests/e2e/faults.bats \
	tests/e2e/filing.bats \
	tests/e2e/gauges.bats \
	tests/e2e/github.bats \
	tests/e2e/github_openapi.bats \
	tests/github/api.json \
	tests/github/cut.py \
	tests/github/declared.py \
	tests/github/package.json \
	tests/github/refresh \
	tests/e2e/hostile.bats \
	tests/e2e/http.bats \
	tests/e2e/judge.bats \
	tests/e2e/swap.py \
	tests/e2e/kill9.bats \
	tests/e2e/lag.bats \
	tests/e2e/load.bats \
	tests/e2e/load.py \
	tests/e2e/logs.bats \
	tests/e2e/ops.bats \
	tests/e2e/kill9.py \
	tests/e2e/page.bats \
	tests/e2e/readme.bats \
	tests/e2e/remote.bats \
	tests/e2e/replay.bats \
	tests/e2e/replay.py \
	tests/e2e/report_page.bats \
	tests/e2e/restore.bats \
	tests/e2e/sources.bats \
	tests/e2e/sse.sh \
	tests/e2e/stream.bats \
	tests/e2e/sleeper.py \
	tests/e2e/subscriber.py \
	tests/e2e/tail.bats \
	tests/e2e/tickets.bats \
	tests/e2e/torture.bats \
	tests/e2e/torture.py \
	tests/e2e/ws_cases.py \
	tests/e2e/ws_protocol.bats \
	tests/e2e/ws_protocol.py \
	tests/e2e/ws_watch.py \
	tests/e2e/up.bats \
	tests/e2e/validate.bats \
	tests/fuzz/corpus \
	tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_envelope.c \
	tests/fuzz/fuzz_fences.c \
	tests/fuzz/fuzz_group.c \
	tests/fuzz/fuzz_handshake.c \
	tests/fuzz/fuzz_intake.c \
	tests/fuzz/fuzz_json.c \
	tests/fuzz/fuzz_marker.c \
	tests/fuzz/fuzz_redact.c \
	tests/fuzz/fuzz_regex.c \
	tests/fuzz/fuzz_resolve.c \
	tests/fuzz/fuzz_sse.c \
	tests/fuzz/fuzz_text.c \
	tests/fuzz/fuzz_unified.c \
	tests/fuzz/fuzz_ws.c \
	tests/fuzz/run \
	tests/cases/anchor.case \
	tests/cases/append-prepend.case \
	tests/cases/apply-patch.case \
	tests/cases/base.case \
	tests/cases/bytes.case \
	tests/cases/coordinates.case \
	tests/cases/create-delete.case \
	tests/cases/delete-block.case \
	tests/cases/expect.case \
	tests/cases/insert.case \
	tests/cases/marker.case \
	tests/cases/move.case \
	tests/cases/path.case \
	tests/cases/replace-block.case \
	tests/cases/search-replace.case \
	tests/cases/unified-diff.case \
	tests/cases/write-file.case \
	tests/lib/any.h \
	tests/lib/case_text.h \
	tests/lib/cgi.bash \
	tests/lib/cloud.bash \
	tests/lib/cloud_stub.py \
	tests/lib/csv_rows.py \
	tests/lib/dialect_show.h \
	tests/lib/edit_fixture.h \
	tests/lib/edit_ops.h \
	tests/lib/github.bash \
	tests/lib/github_stub.py \
	tests/lib/github_world.py \
	tests/lib/naive.h \
	tests/lib/plans.py \
	tests/lib/unmigrate.py \
	tests/lib/stat_answer.h \
	tests/lib/stat_oracle.h \
	tests/lib/policy_fixture.h \
	tests/lib/receiver.py \
	tests/lib/report_check.py \
	tests/lib/report_fixture.h \
	tests/lib/server.bash \
	tests/lib/short_io.c \
	tests/lib/store_fixture.h \
	tests/lib/zones.py \
	tests/lib/tap.bash \
	tests/lib/tap.h \
	tests/lib/run-bats \
	.shellcheckrc
