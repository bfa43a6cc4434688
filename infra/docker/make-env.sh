#!/bin/sh
# Writes the secrets that docker-compose.yml asks for into .env in the repository's top folder. Keeps a file that exists:
# other secrets would not open the data that was made with the old ones.
set -eu
cd "$(dirname "$0")/../.."
if [ -e .env ]; then
  echo ".env exists and is kept."
  exit 0
fi
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
{
  for name in POSTGRES_PASSWORD REDIS_PASSWORD API_KEY_PEPPER SESSION_PEPPER MASTER_KEY; do
    echo "$name=$(secret)"
  done
  for role in APP METER WORKER OPERATOR DASHBOARD; do
    echo "ROLE_PASSWORD_$role=$(secret)"
  done
} > .env
echo "Wrote .env with new secrets. Next: docker compose up --build --detach"
