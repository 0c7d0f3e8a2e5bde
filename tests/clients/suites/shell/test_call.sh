#!/bin/sh
# A call that is reported by curl is stored.
set -eu
cd "$(dirname "$0")"
# shellcheck source=tests/clients/suites/shell/customercare.sh
. ./customercare.sh
start_customercare

curl -sS "$admin/sample?soap=1.1" | jq -r .body |
    sed 's,<AccountNumber>[^<]*,<AccountNumber>4711,' |
    curl -sS -o "$customercare_folder/reply" --data-binary @- \
        -H 'Content-Type: text/xml; charset=utf-8' \
        -H 'SOAPAction: "http://ws.southernco.com/CustSvc-iHub/CreateCallLog"' "$service"

grep -q '<ResponseCode>0</ResponseCode>' "$customercare_folder/reply"
verify_call_logs 1 Account/AccountNumber 4711
if verify_call_logs 1 Account/AccountNumber 4712 2>"$customercare_folder/why"; then exit 1; fi
grep -q 'AccountNumber' "$customercare_folder/why"
echo "passed"
