-- Schema "app": what may be asked before the tenant is known, and what must hold whoever asks. Every function has a
-- fixed, empty search path, so that nobody can slip another table under it.

-- The owner needs the definer role to give functions away; membership ends with this transaction. A superuser needs
-- no membership, and an owner who may not create roles got it from an administrator.
DO $$
BEGIN
  IF (SELECT rolcreaterole AND NOT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT turnpike_definer TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA "app" TO turnpike_definer;

-- The time in a UUIDv7.
CREATE FUNCTION "app"."time_of_id"(id uuid) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = ''
  RETURN timestamptz '1970-01-01 00:00:00+00'
    + (('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint) * interval '1 millisecond';

-- An attempt whose partition column came from a clock could become two rows in two months; then a retry would bill twice.
ALTER TABLE "usage_attempt"
  ADD CONSTRAINT "usage_attempt_started_at_check" CHECK ("started_at" = "app"."time_of_id"("request_id")),
  ADD CONSTRAINT "usage_attempt_attempt_check" CHECK ("attempt" >= 1),
  ADD CONSTRAINT "usage_attempt_mode_check" CHECK ("mode" IN ('live', 'test')),
  ADD CONSTRAINT "usage_attempt_state_check" CHECK ("state" IN ('settled', 'estimated', 'failed', 'orphaned')),
  ADD CONSTRAINT "usage_attempt_usage_source_check" CHECK ("usage_source" IN ('reported', 'estimated')),
  ADD CONSTRAINT "usage_attempt_not_negative_check" CHECK (
    least(
      "input_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens", "audio_input_tokens",
      "output_tokens", "reasoning_tokens", "audio_output_tokens", "web_searches"
    ) >= 0
    AND least("provider_cost_nano_usd", "charge_nano_usd") >= 0
  );

-- What an API key resolves to: one row, or none when no key has this digest.
CREATE FUNCTION "app"."find_api_key"(wanted bytea) RETURNS TABLE (
  organization_id uuid, project_id uuid, api_key_id uuid, member_id uuid, key_name text, mode text, kind text,
  status text, organization_status text, expires_at timestamptz, allows_all_models boolean, allowed_models text[],
  allows_all_ips boolean, allowed_ips text[], rate_limits jsonb, allows_unlisted_models boolean,
  always_sends_usage boolean, exposes_attempts boolean, price_book_id uuid
)
  LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  RETURN QUERY
    SELECT k.organization_id, k.project_id, k.id, k.member_id, k.name, k.mode, k.kind,
           -- A key of an archived project answers like a disabled one.
           CASE WHEN k.status = 'active' AND p.status <> 'active' THEN 'disabled' ELSE k.status END,
           o.status, k.expires_at, k.allows_all_models, k.allowed_models, k.allows_all_ips, k.allowed_ips,
           coalesce(
             (SELECT jsonb_agg(jsonb_build_object('scope', l.scope, 'kind', l.kind, 'limit', l.limit_value, 'windowMs', l.window_ms)
                               ORDER BY l.scope, l.kind, l.window_ms)
                FROM public.rate_limit l
               WHERE l.organization_id = k.organization_id
                 AND (l.scope, l.scope_id) IN (('key', k.id), ('project', k.project_id), ('organization', k.organization_id))),
             '[]'::jsonb),
           o.allows_unlisted_models, o.always_sends_usage, o.exposes_attempts, o.price_book_id
      FROM public.api_key k
      JOIN public.project p ON p.organization_id = k.organization_id AND p.id = k.project_id
      JOIN public.organization o ON o.id = k.organization_id
     WHERE k.digest = wanted;
END
$$;

-- The person behind a session that is neither expired nor revoked, and where they belong.
CREATE FUNCTION "app"."find_session"(wanted bytea) RETURNS TABLE (
  session_id uuid, user_id uuid, email text, name text, email_verified_at timestamptz, expires_at timestamptz,
  last_seen_at timestamptz, memberships jsonb
)
  LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, u.id, u.email, u.name, u.email_verified_at, s.expires_at, s.last_seen_at,
           coalesce(
             (SELECT jsonb_agg(jsonb_build_object('memberId', m.id, 'organizationId', m.organization_id, 'role', m.role)
                               ORDER BY m.created_at, m.id)
                FROM public.member m WHERE m.user_id = u.id),
             '[]'::jsonb)
      FROM public.session s
      JOIN public.app_user u ON u.id = s.user_id
     WHERE s.digest = wanted AND s.revoked_at IS NULL AND s.expires_at > now() AND u.status = 'active';
END
$$;

-- For login: who has this address, and the hash to check the password against.
CREATE FUNCTION "app"."find_user_by_email"(wanted text) RETURNS TABLE (
  user_id uuid, name text, status text, password_hash text, email_verified_at timestamptz
)
  LANGUAGE sql STABLE STRICT SECURITY DEFINER SET search_path = ''
AS $$
  SELECT u.id, u.name, u.status, u.password_hash, u.email_verified_at
    FROM public.app_user u WHERE u.email = lower(btrim(wanted));
$$;

-- The organizations of the person whose session digest (hex) is in the setting "app.session"; none without one. The
-- views of schema "dashboard" believe this and nothing that the dashboard says about itself.
CREATE FUNCTION "app"."my_organizations"() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT m.organization_id
    FROM public.session s
    JOIN public.app_user u ON u.id = s.user_id
    JOIN public.member m ON m.user_id = u.id
   WHERE s.digest = decode(nullif(current_setting('app.session', true), ''), 'hex')
     AND s.revoked_at IS NULL AND s.expires_at > now() AND u.status = 'active';
$$;

-- The bytes that an audit entry's hash covers: each field with its length before it, so that no two entries read alike.
CREATE FUNCTION "app"."audit_bytes"(
  previous bytea, organization uuid, seq bigint, entry uuid, actor_type text, actor text, action text, target_type text,
  target text, detail text, ip text, created_at timestamptz
) RETURNS bytea
  LANGUAGE sql STABLE PARALLEL SAFE SET search_path = ''
AS $$
  SELECT previous || convert_to(string_agg(coalesce(octet_length(field)::text || ':' || field, '-'), ',' ORDER BY position), 'UTF8')
    FROM unnest(ARRAY[
      organization::text, seq::text, entry::text, actor_type, actor, action, target_type, target, detail, ip,
      floor(extract(epoch FROM created_at) * 1000)::bigint::text
    ]) WITH ORDINALITY AS part (field, position);
$$;

-- Adds the next entry to the chain of the organization in "app.org", in the caller's transaction: a change and its
-- audit entry happen together or not at all. Nobody may INSERT past it.
CREATE FUNCTION "app"."append_audit"(
  entry uuid, organization uuid, actor_type text, actor text, action text, target_type text, target text, detail text,
  ip text
) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  head public.audit_head%ROWTYPE;
  at timestamptz(3) := clock_timestamp();
  next_hash bytea;
BEGIN
  IF organization IS DISTINCT FROM nullif(current_setting('app.org', true), '')::uuid THEN
    RAISE insufficient_privilege USING MESSAGE = 'An audit entry belongs to the organization of the transaction.';
  END IF;
  INSERT INTO public.audit_head (organization_id, seq, hash)
    VALUES (organization, 0, sha256(convert_to(organization::text, 'UTF8')))
    ON CONFLICT (organization_id) DO NOTHING;
  SELECT * INTO STRICT head FROM public.audit_head h WHERE h.organization_id = organization FOR UPDATE;
  next_hash := sha256(app.audit_bytes(
    head.hash, organization, head.seq + 1, entry, actor_type, actor, action, target_type, target, detail, ip, at));
  INSERT INTO public.audit_entry (id, organization_id, seq, actor_type, actor_id, action, target_type, target_id, detail,
                                  ip, created_at, previous_hash, hash)
    VALUES (entry, organization, head.seq + 1, actor_type, actor, action, target_type, target, detail, ip, at, head.hash,
            next_hash);
  UPDATE public.audit_head h SET seq = head.seq + 1, hash = next_hash WHERE h.organization_id = organization;
  RETURN head.seq + 1;
END
$$;

-- The one posting that the control plane may make itself: a new organization's trial credit, once, and never more than
-- 100 USD, so that a flaw there cannot mint money. Returns the ledger_seq, or null when it was granted before.
CREATE FUNCTION "app"."grant_trial_credit"(
  organization uuid, new_transaction uuid, account_ids uuid[], entry_ids uuid[], amount_nano_usd bigint
) RETURNS bigint
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  seq bigint;
BEGIN
  IF organization IS DISTINCT FROM nullif(current_setting('app.org', true), '')::uuid THEN
    RAISE insufficient_privilege USING MESSAGE = 'Trial credit is granted to the organization of the transaction.';
  END IF;
  IF amount_nano_usd NOT BETWEEN 1 AND 100000000000 THEN
    RAISE check_violation USING MESSAGE = 'Trial credit is more than nothing and at most 100 USD.';
  END IF;
  INSERT INTO public.ledger_account (id, organization_id, kind)
    VALUES (account_ids[1], organization, 'prepaid'), (account_ids[2], organization, 'promo')
    ON CONFLICT (organization_id, kind) DO NOTHING;
  INSERT INTO public.ledger_transaction (id, organization_id, source_type, source_id, description)
    VALUES (new_transaction, organization, 'trial_credit', organization, 'Trial credit')
    RETURNING ledger_seq INTO seq;
  IF seq IS NOT NULL THEN
    INSERT INTO public.ledger_entry (id, transaction_id, organization_id, account_id, amount_nano_usd)
      SELECT entry_ids[side.position], new_transaction, organization, a.id, side.amount
        FROM (VALUES (1, 'prepaid', amount_nano_usd), (2, 'promo', -amount_nano_usd)) AS side (position, kind, amount)
        JOIN public.ledger_account a ON a.organization_id = organization AND a.kind = side.kind;
  END IF;
  RETURN seq;
END
$$;

-- Makes the partition of the month of a time. Owned by the owner of the tables: only they may add partitions. Bounded,
-- so that a wrong clock cannot litter the database with tables.
CREATE FUNCTION "app"."ensure_usage_partition"(at timestamptz) RETURNS boolean
  LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = '' SET timezone = 'UTC'
AS $$
DECLARE
  month timestamptz := date_trunc('month', at);
  partition_name text := 'usage_attempt_' || to_char(month, 'YYYY_MM');
BEGIN
  IF at NOT BETWEEN now() - interval '25 months' AND now() + interval '25 months' THEN
    RAISE check_violation USING MESSAGE = format('There is no partition for usage at %s: it is too far from now.', at);
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('app.ensure_usage_partition'));
  IF to_regclass('partitions.' || quote_ident(partition_name)) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE partitions.%I PARTITION OF public.usage_attempt FOR VALUES FROM (%L) TO (%L)',
                 partition_name, month, month + interval '1 month');
  EXECUTE format('ALTER TABLE partitions.%I ENABLE ROW LEVEL SECURITY', partition_name);
  EXECUTE format('ALTER TABLE partitions.%I FORCE ROW LEVEL SECURITY', partition_name);
  RETURN true;
END
$$;

-- Makes the partitions of last month (late records), this month and so many months ahead. Returns how many were missing.
CREATE FUNCTION "app"."ensure_usage_partitions"(months_ahead integer) RETURNS integer
  LANGUAGE sql VOLATILE STRICT SECURITY DEFINER SET search_path = '' SET timezone = 'UTC'
AS $$
  SELECT count(*) FILTER (WHERE app.ensure_usage_partition(date_trunc('month', now()) + step * interval '1 month'))::integer
    FROM generate_series(-1, least(months_ahead, 24)) AS step;
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA "app" FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "app"."time_of_id"(uuid) TO turnpike_meter;
GRANT EXECUTE ON FUNCTION "app"."find_api_key"(bytea), "app"."find_session"(bytea), "app"."find_user_by_email"(text) TO turnpike_app;
GRANT EXECUTE ON FUNCTION "app"."my_organizations"() TO turnpike_definer, turnpike_dashboard;
GRANT EXECUTE ON FUNCTION
  "app"."append_audit"(uuid, uuid, text, text, text, text, text, text, text),
  "app"."audit_bytes"(bytea, uuid, bigint, uuid, text, text, text, text, text, text, text, timestamptz)
  TO turnpike_app, turnpike_worker, turnpike_operator, turnpike_definer;
GRANT EXECUTE ON FUNCTION "app"."grant_trial_credit"(uuid, uuid, uuid[], uuid[], bigint) TO turnpike_app;
GRANT EXECUTE ON FUNCTION "app"."ensure_usage_partition"(timestamptz) TO turnpike_meter, turnpike_worker;
GRANT EXECUTE ON FUNCTION "app"."ensure_usage_partitions"(integer) TO turnpike_worker;

ALTER FUNCTION "app"."find_api_key"(bytea) OWNER TO turnpike_definer;
ALTER FUNCTION "app"."find_session"(bytea) OWNER TO turnpike_definer;
ALTER FUNCTION "app"."find_user_by_email"(text) OWNER TO turnpike_definer;
ALTER FUNCTION "app"."my_organizations"() OWNER TO turnpike_definer;
ALTER FUNCTION "app"."append_audit"(uuid, uuid, text, text, text, text, text, text, text) OWNER TO turnpike_definer;
ALTER FUNCTION "app"."grant_trial_credit"(uuid, uuid, uuid[], uuid[], bigint) OWNER TO turnpike_definer;

REVOKE CREATE ON SCHEMA "app" FROM turnpike_definer;
DO $$
BEGIN
  IF (SELECT rolcreaterole AND NOT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('REVOKE turnpike_definer FROM %I', current_user);
  END IF;
END
$$;
