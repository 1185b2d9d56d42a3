#!/bin/sh
# Runs `thaw` with the secrets that lie in files, so that none stands in compose.yaml or in `ps`.
set -eu
folder=${THAW_SECRETS_DIR:-/run/secrets}
read_secret() { [ ! -r "$folder/$1" ] || tr -d '\n' < "$folder/$1"; }
THAW_DATABASE_URL=${THAW_DATABASE_URL:-$(read_secret database-url)}
THAW_SMTP_URL=${THAW_SMTP_URL:-$(read_secret smtp-url)}
THAW_METRICS_TOKEN=${THAW_METRICS_TOKEN:-$(read_secret metrics-token)}
export THAW_DATABASE_URL THAW_SMTP_URL THAW_METRICS_TOKEN
exec thaw "$@"
