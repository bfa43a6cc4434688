-- What the dashboard may read: rows of the organizations of the session in "app.session", without digests, password
-- hashes and other secrets. The names are those of the tables, so that the same queries run on either. A new column
-- is hidden until a migration shows it.

DO $$
BEGIN
  IF (SELECT rolcreaterole AND NOT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT turnpike_definer TO %I', current_user);
  END IF;
END
$$;
GRANT USAGE, CREATE ON SCHEMA "dashboard" TO turnpike_definer;

-- security_barrier: a function in the reader's own query never sees a row that the filter hides.
CREATE VIEW "dashboard"."organization" WITH (security_barrier) AS
  SELECT "id", "name", "slug", "status", "billing_mode", "billing_organization_id", "time_zone", "allows_unlisted_models",
         "always_sends_usage", "exposes_attempts", "price_book_id", "created_at", "updated_at"
    FROM "public"."organization" WHERE "id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."project" WITH (security_barrier) AS
  SELECT "id", "organization_id", "name", "status", "is_default", "created_at", "updated_at"
    FROM "public"."project" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."member" WITH (security_barrier) AS
  SELECT "id", "organization_id", "user_id", "role", "created_at", "updated_at"
    FROM "public"."member" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."app_user" WITH (security_barrier) AS
  SELECT "id", "email", "name", "status", "email_verified_at", "created_at", "updated_at"
    FROM "public"."app_user"
   WHERE "id" IN (
     SELECT m."user_id" FROM "public"."member" m WHERE m."organization_id" IN (SELECT "app"."my_organizations"())
   );

CREATE VIEW "dashboard"."api_key" WITH (security_barrier) AS
  SELECT "id", "organization_id", "project_id", "name", "kind", "mode", "prefix", "last4", "status",
         "allows_all_models", "allowed_models", "allows_all_ips", "allowed_ips", "expires_at", "last_used_at", "member_id",
         "created_by_user_id", "created_at", "updated_at", "revoked_at"
    FROM "public"."api_key" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."model_alias" WITH (security_barrier) AS
  SELECT "id", "organization_id", "project_id", "alias", "target_slug", "created_at"
    FROM "public"."model_alias" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."routing_policy" WITH (security_barrier) AS
  SELECT "id", "organization_id", "project_id", "name", "current_version", "created_at", "updated_at"
    FROM "public"."routing_policy" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."routing_policy_version" WITH (security_barrier) AS
  SELECT "policy_id", "version", "organization_id", "document", "created_by_user_id", "created_at"
    FROM "public"."routing_policy_version" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."budget" WITH (security_barrier) AS
  SELECT "id", "organization_id", "scope", "scope_value", "limit_nano_usd", "period", "is_hard", "created_at", "updated_at"
    FROM "public"."budget" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."rate_limit" WITH (security_barrier) AS
  SELECT "id", "organization_id", "scope", "scope_id", "kind", "limit_value", "window_ms", "created_at", "updated_at"
    FROM "public"."rate_limit" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

-- Without what we owe providers: that is the platform's business.
CREATE VIEW "dashboard"."usage_attempt" WITH (security_barrier) AS
  SELECT "started_at", "request_id", "attempt", "batch_id", "organization_id", "project_id", "api_key_id", "member_id",
         "mode", "operation", "client_protocol", "requested_model", "is_stream", "end_user", "attempt_started_at",
         "endpoint_id", "model_slug", "provider_id", "upstream_model", "price_id", "price_book_entry_id", "state",
         "ended_at", "first_content_ms", "duration_ms", "upstream_status", "failure_kind", "failure_message",
         "finish_reason", "native_finish_reason", "is_cancelled", "usage_source", "input_tokens", "cache_read_tokens",
         "cache_write_5m_tokens", "cache_write_1h_tokens", "audio_input_tokens", "output_tokens", "reasoning_tokens",
         "audio_output_tokens", "web_searches", "is_unpriced", "charge_nano_usd"
    FROM "public"."usage_attempt" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."usage_correction" WITH (security_barrier) AS
  SELECT "id", "batch_id", "organization_id", "project_id", "api_key_id", "request_id", "attempt", "model_slug", "reason",
         "price_id", "charge_delta_nano_usd", "created_at"
    FROM "public"."usage_correction" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."ledger_account" WITH (security_barrier) AS
  SELECT "id", "organization_id", "kind", "balance_nano_usd", "created_at"
    FROM "public"."ledger_account" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."ledger_transaction" WITH (security_barrier) AS
  SELECT "id", "organization_id", "ledger_seq", "source_type", "source_id", "description", "created_at"
    FROM "public"."ledger_transaction" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."ledger_entry" WITH (security_barrier) AS
  SELECT "id", "transaction_id", "organization_id", "account_id", "amount_nano_usd", "project_id", "api_key_id",
         "model_slug", "usage_count", "created_at"
    FROM "public"."ledger_entry" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

CREATE VIEW "dashboard"."audit_entry" WITH (security_barrier) AS
  SELECT "id", "organization_id", "seq", "actor_type", "actor_id", "action", "target_type", "target_id", "detail", "ip",
         "created_at", "previous_hash", "hash"
    FROM "public"."audit_entry" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

-- Which batches are in the ledger, to know what is not: ids and times, nothing of a tenant.
CREATE VIEW "dashboard"."usage_batch" AS
  SELECT "id", "created_at", "posted_at" FROM "public"."usage_batch";

CREATE VIEW "dashboard"."ledger_head" WITH (security_barrier) AS
  SELECT "organization_id", "ledger_seq"
    FROM "public"."ledger_head" WHERE "organization_id" IN (SELECT "app"."my_organizations"());

-- Only the book that one pays by: others are other tenants' contracts.
CREATE VIEW "dashboard"."price_book_entry" WITH (security_barrier) AS
  SELECT "id", "price_book_id", "endpoint_id", "numerator", "denominator", "fixed_rates", "effective_from", "effective_to",
         "created_at"
    FROM "public"."price_book_entry"
   WHERE "price_book_id" IN (
     SELECT o."price_book_id" FROM "public"."organization" o WHERE o."id" IN (SELECT "app"."my_organizations"())
   );

-- The catalogue is everybody's.
CREATE VIEW "dashboard"."model" AS SELECT * FROM "public"."model";
CREATE VIEW "dashboard"."endpoint" AS SELECT * FROM "public"."endpoint";
CREATE VIEW "dashboard"."price" AS SELECT * FROM "public"."price";
CREATE VIEW "dashboard"."price_rate" AS SELECT * FROM "public"."price_rate";

DO $$
DECLARE
  view_name text;
BEGIN
  FOR view_name IN SELECT v.viewname FROM pg_catalog.pg_views v WHERE v.schemaname = 'dashboard' LOOP
    EXECUTE format('ALTER VIEW dashboard.%I OWNER TO turnpike_definer', view_name);
    EXECUTE format('GRANT SELECT ON dashboard.%I TO turnpike_dashboard', view_name);
  END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA "dashboard" FROM turnpike_definer;
DO $$
BEGIN
  IF (SELECT rolcreaterole AND NOT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('REVOKE turnpike_definer FROM %I', current_user);
  END IF;
END
$$;

-- The partitions of today, so that the first call has a place.
SELECT "app"."ensure_usage_partitions"(2);
