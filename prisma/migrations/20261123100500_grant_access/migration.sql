-- Who may do what to which table, and to which rows. packages/db/src/fixtures/expected-access.ts says the same as a
-- table, and a test compares the two.

-- 1. Verbs ------------------------------------------------------------------------------------------------------------

GRANT SELECT, INSERT, UPDATE ON "organization", "project", "api_key", "session", "routing_policy" TO turnpike_app;
GRANT INSERT, UPDATE ON "app_user" TO turnpike_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON "member", "model_alias", "budget", "rate_limit" TO turnpike_app;
GRANT SELECT, INSERT ON "routing_policy_version", "outbox_event" TO turnpike_app;
GRANT SELECT ON
  "model", "endpoint", "price", "price_rate", "price_book", "price_book_entry",
  "usage_batch", "usage_attempt", "usage_correction",
  "ledger_head", "ledger_account", "ledger_transaction", "ledger_entry",
  "audit_head", "audit_entry", "gateway_instance", "redis_epoch"
  TO turnpike_app;

GRANT SELECT, INSERT ON "usage_batch", "usage_attempt", "dead_letter", "outbox_event" TO turnpike_meter;
GRANT SELECT, INSERT, UPDATE ON "gateway_instance", "redis_epoch" TO turnpike_meter;
GRANT SELECT, INSERT, UPDATE, DELETE ON "spool_lease" TO turnpike_meter;

-- Password hashes are read by the look-up for login alone, digests of sessions by the app alone.
GRANT SELECT ("id", "email", "name", "status", "email_verified_at", "created_at", "updated_at")
  ON "app_user" TO turnpike_app, turnpike_worker, turnpike_operator;
GRANT SELECT ("id", "user_id", "ip", "user_agent", "created_at", "last_seen_at", "expires_at", "revoked_at")
  ON "session" TO turnpike_worker, turnpike_operator;

-- Jobs and staff read every other table of ours.
DO $$
DECLARE
  table_name text;
BEGIN
  FOR table_name IN
    SELECT t.tablename FROM pg_catalog.pg_tables t
     WHERE t.schemaname = 'public' AND t.tablename NOT IN ('_prisma_migrations', 'app_user', 'session')
  LOOP
    EXECUTE format('GRANT SELECT ON public.%I TO turnpike_worker, turnpike_operator', table_name);
  END LOOP;
END
$$;

GRANT UPDATE ON "organization", "api_key", "dead_letter" TO turnpike_worker;
GRANT DELETE ON "session", "spool_lease" TO turnpike_worker;
GRANT INSERT, UPDATE ON "usage_batch" TO turnpike_worker;
GRANT INSERT ON "usage_correction", "ledger_account", "ledger_transaction", "ledger_entry" TO turnpike_worker;
GRANT INSERT, UPDATE, DELETE ON "outbox_event" TO turnpike_worker;
GRANT UPDATE, DELETE ON "gateway_instance" TO turnpike_worker;

GRANT UPDATE ON "organization", "app_user", "api_key", "session", "dead_letter", "redis_epoch" TO turnpike_operator;
GRANT INSERT, UPDATE ON "model", "endpoint", "price", "price_book", "price_book_entry" TO turnpike_operator;
GRANT INSERT ON "price_rate", "ledger_account", "ledger_transaction", "ledger_entry", "outbox_event" TO turnpike_operator;

GRANT SELECT ON
  "organization", "project", "app_user", "member", "api_key", "session", "model", "endpoint", "price", "price_rate",
  "model_alias", "routing_policy", "routing_policy_version", "budget", "rate_limit", "price_book_entry",
  "usage_batch", "usage_attempt", "usage_correction", "ledger_head", "ledger_account", "ledger_transaction", "ledger_entry",
  "audit_head", "audit_entry"
  TO turnpike_definer;
GRANT INSERT, UPDATE ON "ledger_head", "ledger_account", "audit_head" TO turnpike_definer;
GRANT INSERT ON "ledger_transaction", "ledger_entry", "audit_entry" TO turnpike_definer;

-- 2. Rows -------------------------------------------------------------------------------------------------------------

-- A tenant's rows are those of the organization in "app.org", set inside the transaction. Unset is no row at all;
-- nullif, because a pooled connection that had it set once holds the empty string afterwards. The policy holds for every
-- role without a wider one, the owner included.
DO $$
DECLARE
  tenant_table text;
  platform_role text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'project', 'member', 'api_key', 'model_alias', 'routing_policy', 'routing_policy_version', 'budget', 'rate_limit',
    'usage_attempt', 'usage_correction', 'ledger_head', 'ledger_account', 'ledger_transaction', 'ledger_entry',
    'audit_head', 'audit_entry', 'outbox_event'
  ] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant ON public.%I '
      'USING (organization_id = (SELECT nullif(current_setting(''app.org'', true), '''')::uuid)) '
      'WITH CHECK (organization_id = (SELECT nullif(current_setting(''app.org'', true), '''')::uuid))',
      tenant_table);
    FOREACH platform_role IN ARRAY ARRAY['turnpike_worker', 'turnpike_operator', 'turnpike_definer'] LOOP
      EXECUTE format('CREATE POLICY %I ON public.%I TO %I USING (true) WITH CHECK (true)',
                     replace(platform_role, 'turnpike_', ''), tenant_table, platform_role);
    END LOOP;
  END LOOP;
END
$$;

CREATE POLICY "meter" ON "usage_attempt" TO turnpike_meter USING (true) WITH CHECK (true);
CREATE POLICY "meter" ON "outbox_event" TO turnpike_meter USING (true) WITH CHECK (true);

-- A person sees their own memberships whatever the organization of the transaction, to choose one.
CREATE POLICY "own" ON "member" FOR SELECT
  USING (user_id = (SELECT nullif(current_setting('app.user', true), '')::uuid));

ALTER TABLE "organization" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "organization" FORCE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "organization"
  USING (id = (SELECT nullif(current_setting('app.org', true), '')::uuid))
  WITH CHECK (id = (SELECT nullif(current_setting('app.org', true), '')::uuid));
CREATE POLICY "own" ON "organization" FOR SELECT
  USING (id IN (
    SELECT m.organization_id FROM "member" m
     WHERE m.user_id = (SELECT nullif(current_setting('app.user', true), '')::uuid)
  ));

ALTER TABLE "app_user" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "app_user" FORCE ROW LEVEL SECURITY;
CREATE POLICY "own" ON "app_user"
  USING (id = (SELECT nullif(current_setting('app.user', true), '')::uuid))
  WITH CHECK (id = (SELECT nullif(current_setting('app.user', true), '')::uuid));
CREATE POLICY "tenant" ON "app_user" FOR SELECT
  USING (id IN (
    SELECT m.user_id FROM "member" m
     WHERE m.organization_id = (SELECT nullif(current_setting('app.org', true), '')::uuid)
  ));

ALTER TABLE "session" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "session" FORCE ROW LEVEL SECURITY;
CREATE POLICY "own" ON "session"
  USING (user_id = (SELECT nullif(current_setting('app.user', true), '')::uuid))
  WITH CHECK (user_id = (SELECT nullif(current_setting('app.user', true), '')::uuid));

DO $$
DECLARE
  person_table text;
  platform_role text;
BEGIN
  FOREACH person_table IN ARRAY ARRAY['organization', 'app_user', 'session'] LOOP
    FOREACH platform_role IN ARRAY ARRAY['turnpike_worker', 'turnpike_operator', 'turnpike_definer'] LOOP
      EXECUTE format('CREATE POLICY %I ON public.%I TO %I USING (true) WITH CHECK (true)',
                     replace(platform_role, 'turnpike_', ''), person_table, platform_role);
    END LOOP;
  END LOOP;
END
$$;
