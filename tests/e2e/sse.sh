#!/usr/bin/env bash
# Follow /sse with curl, resuming by Last-Event-ID.
# usage: sse.sh URL OUT LAST_ORDER
url=$1 out=$2 last_order=$3 seq='' deadline=$((SECONDS + 120))
: >"$out"
while [ $SECONDS -lt $deadline ]; do
	if [ -n "$seq" ]; then
		from=(-H "Last-Event-ID: $seq")
	else
		from=(-G -d since=earliest)
	fi
	exec 4< <(exec curl -sSN -m 120 -H "Authorization: Bearer $PATCHWARDEN_TOKEN" \
	    "${from[@]}" "$url" 2>/dev/null)
	curl_pid=$!
	while IFS= read -r line <&4; do
		case $line in
		id:*)	id=${line#id:} id=${id# } ;;
		event:*) type=${line#event:} type=${type# } ;;
		data:*) data=$line ;;
		'')	if [ -n "$id" ] && [ "$type" != connected ]; then
				seq=$id
				echo "$seq" >>"$out"
				[[ $type != patch_applied ||
				    $data != *"\"order_id\":\"$last_order\""* ]] || {
					kill "$curl_pid" 2>/dev/null
					exit 0
				}
			fi
			id='' data='' type='' ;;
		esac
	done
	echo '#' >>"$out"
	sleep 0.05
done
exit 1
