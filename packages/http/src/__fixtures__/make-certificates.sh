#!/bin/sh
# Makes the certificates beside it anew, all with one key. The authority's own key is thrown away.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/issued" && touch "$work/index" && echo 1000 >"$work/serial"

cat >"$work/ca.cnf" <<CONFIG
[ca]
default_ca = test
[test]
database = $work/index
serial = $work/serial
new_certs_dir = $work/issued
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:true
[localhost]
subjectAltName = DNS:localhost
[one]
subjectAltName = DNS:one.example
[two]
subjectAltName = DNS:two.example
[client]
extendedKeyUsage = clientAuth
CONFIG

openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/authority-key.pem" \
  -subj '/CN=Flowmeta test authority' -out "$work/authority.csr" 2>/dev/null
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out server-key.pem

# name, section, common name, begin, end, what else
issue() {
  openssl req -new -key "$work/key" -subj "/CN=$3" -out "$work/request.csr"
  openssl ca -batch -notext -config "$work/ca.cnf" -extensions "$2" -startdate "$4" -enddate "$5" \
    -in "$work/request.csr" -out "$1" $6 2>/dev/null
}

cp "$work/authority-key.pem" "$work/key"
issue authority.pem authority 'Flowmeta test authority' 20200101000000Z 21200101000000Z "-selfsign -keyfile $work/key"
cp server-key.pem "$work/key"
sign="-cert authority.pem -keyfile $work/authority-key.pem"
issue server-certificate.pem localhost localhost 20200101000000Z 21200101000000Z "$sign"
issue expired-certificate.pem localhost localhost 20200101000000Z 20200102000000Z "$sign"
issue one-certificate.pem one one.example 20200101000000Z 21200101000000Z "$sign"
issue two-certificate.pem two two.example 20200101000000Z 21200101000000Z "$sign"
issue client-certificate.pem client flowmeta 20200101000000Z 21200101000000Z "$sign"
issue self-signed-certificate.pem localhost localhost 20200101000000Z 21200101000000Z "-selfsign -keyfile $work/key"
