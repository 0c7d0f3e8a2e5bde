#!/bin/sh
# Builds the program and serves in stand-in mode. Arguments go to `customercare serve`.
set -eu
cd "$(dirname "$0")"

docker/packages.sh --install build start
[ -f build/release/build.ninja ] || cmake --preset release -DBUILD_TESTING=OFF
cmake --build --preset release --target customercare

mkdir -p var
url=http://127.0.0.1:8080/webservices/CustomerCareService.asmx
cat <<END

Service: $url   (add ?WSDL for the contract)
Admin:   http://127.0.0.1:8081

Try it, from this folder in another terminal:

curl -sS -H 'Content-Type: text/xml; charset=utf-8' -H 'SOAPAction: "http://ws.southernco.com/CustSvc-iHub/CreateCallLog"' --data-binary @tests/support/sample-11.xml $url

END
exec build/release/customercare serve --mode stand-in --listen 127.0.0.1:8080 \
    --admin-listen 127.0.0.1:8081 --database var/customercare.db "$@"
