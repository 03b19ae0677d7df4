# The page in a real browser: live stream, log, diff; hostile names stay text.
load ../lib/server

setup() { server_start; }
teardown() { server_stop; }

@test "the page shows the live stream and the log" {
  command -v chromium >/dev/null || skip "chromium is not installed"
  hostile='<img id=planted src=x onerror=document.title=1>.txt'
  post /api/patches/apply "{\"requester\":\"<b id=planted>\",\"patches\":[{\"op\":\"create\",\"file\":\"$hostile\",\"block\":\"x\"}]}"
  [ "$http_status" = 200 ]
  /usr/bin/python3 "$top/tests/browser/page.py" "$url" "$token" "$state/page.png" \
    curl -fsS -o "$state/curl" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    "$url/api/patches/apply" --data-binary '{"requester":"page","patches":[{"op":"append","file":"a","block":"x\n"}]}' 3>&-
  [ -s "$state/page.png" ]
  [ -z "${PAGE_PICTURE:-}" ] || cp "$state/page.png" "$PAGE_PICTURE"
}
