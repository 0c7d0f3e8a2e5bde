# shellcheck shell=sh disable=SC2034  # For the tests.
# customercare as the backend of tests in shell: source this file. Needs curl and jq.
# $CUSTOMERCARE names the program; by default it is the one on the PATH.

# start_customercare: a server that ends with this shell. Sets $service and $admin, the addresses of
# a sandbox of its own.
start_customercare() {
    customercare_folder=$(mktemp -d)
    mkfifo "$customercare_folder/ready"
    "${CUSTOMERCARE:-customercare}" serve --mode stand-in --listen 127.0.0.1:0 \
        --admin-listen 127.0.0.1:0 --exit-with-parent --database "$customercare_folder/calls.db" \
        --set log.file="$customercare_folder/log" >"$customercare_folder/ready" &
    customercare_pid=$!
    read -r _ addresses <"$customercare_folder/ready"
    sandbox=shell-$$
    service=$(echo "$addresses" | jq -r .service | sed "s,/webservices/,/sandbox/$sandbox&,")
    admin=$(echo "$addresses" | jq -r .admin)/sandbox/$sandbox
    trap stop_customercare EXIT
}

stop_customercare() {
    kill "$customercare_pid"
    wait "$customercare_pid"
    rm -r "$customercare_folder"
}

# verify_call_logs COUNT [PATH VALUE]: fails, with a sentence, unless there are so many call logs
# with that field within two seconds.
verify_call_logs() {
    if [ $# -gt 1 ]; then where=$(jq -n --arg path "$2" --arg value "$3" '{($path): $value}'); fi
    jq -n --argjson where "${where:-{\}}" --argjson count "$1" \
        '{call_logs: {where: $where, count: $count}, wait_ms: 2000}' |
        curl -sS -H 'Content-Type: application/json' --data-binary @- "$admin/verify" |
        jq -er 'if .satisfied then empty else .text end' >&2 && return 1
    return 0
}
