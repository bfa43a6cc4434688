-- What holds whoever writes, the owner included.

DO $$
BEGIN
  IF (SELECT rolcreaterole AND NOT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT turnpike_definer TO %I', current_user);
  END IF;
END
$$;
GRANT CREATE ON SCHEMA "app" TO turnpike_definer;

CREATE FUNCTION "app"."refuse_change"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  RAISE EXCEPTION USING
    ERRCODE = 'restrict_violation',
    MESSAGE = format('%s is append-only: %s is refused. Correct it with a new row.', TG_TABLE_NAME, TG_OP);
END
$$;

CREATE TRIGGER "ledger_transaction_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_transaction"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();
CREATE TRIGGER "ledger_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();
CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();
CREATE TRIGGER "usage_correction_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "usage_correction"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();
CREATE TRIGGER "routing_policy_version_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "routing_policy_version"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();
-- Row by row as well: only row triggers are copied to partitions. Retention drops whole partitions.
CREATE TRIGGER "usage_attempt_append_only" BEFORE UPDATE OR DELETE ON "usage_attempt"
  FOR EACH ROW EXECUTE FUNCTION "app"."refuse_change"();
CREATE TRIGGER "usage_attempt_no_truncate" BEFORE TRUNCATE ON "usage_attempt"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();

-- A price is closed once and otherwise never changed; its rates never.
CREATE FUNCTION "app"."allow_closing_price_only"() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  IF OLD.effective_to IS NOT NULL OR NEW.effective_to IS NULL
     OR (NEW.id, NEW.endpoint_id, NEW.effective_from, NEW.source) IS DISTINCT FROM
        (OLD.id, OLD.endpoint_id, OLD.effective_from, OLD.source) THEN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = 'A price can only be closed. Add a new one instead.';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "price_only_closes" BEFORE UPDATE ON "price"
  FOR EACH ROW EXECUTE FUNCTION "app"."allow_closing_price_only"();
CREATE TRIGGER "price_stays" BEFORE DELETE OR TRUNCATE ON "price"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();
CREATE TRIGGER "price_rate_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "price_rate"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."refuse_change"();

-- Gives a ledger transaction the next number of its organization. The head row is the lock: numbers have no gap, and
-- of two transactions with the same source the second is skipped before it takes a number.
CREATE FUNCTION "app"."number_ledger_transaction"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO public.ledger_head (organization_id, ledger_seq) VALUES (NEW.organization_id, 0)
    ON CONFLICT (organization_id) DO NOTHING;
  PERFORM FROM public.ledger_head h WHERE h.organization_id = NEW.organization_id FOR UPDATE;
  IF EXISTS (
    SELECT FROM public.ledger_transaction t
     WHERE t.organization_id = NEW.organization_id AND t.source_type = NEW.source_type AND t.source_id = NEW.source_id
  ) THEN
    RETURN NULL;
  END IF;
  UPDATE public.ledger_head h SET ledger_seq = h.ledger_seq + 1
    WHERE h.organization_id = NEW.organization_id
    RETURNING h.ledger_seq INTO NEW.ledger_seq;
  RETURN NEW;
END
$$;
CREATE TRIGGER "ledger_transaction_number" BEFORE INSERT ON "ledger_transaction"
  FOR EACH ROW EXECUTE FUNCTION "app"."number_ledger_transaction"();

-- Every statement adds a balanced set of entries per transaction, so entries cannot be added to an old transaction
-- either; then the accounts get their new balances.
CREATE FUNCTION "app"."book_ledger_entries"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  unbalanced uuid;
BEGIN
  SELECT e.transaction_id INTO unbalanced
    FROM added e GROUP BY e.transaction_id HAVING sum(e.amount_nano_usd) <> 0 LIMIT 1;
  IF unbalanced IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'check_violation',
      MESSAGE = format('The entries of ledger transaction %s do not sum to zero.', unbalanced);
  END IF;
  UPDATE public.ledger_account a SET balance_nano_usd = a.balance_nano_usd + moved.amount
    FROM (SELECT e.account_id, sum(e.amount_nano_usd)::bigint AS amount FROM added e GROUP BY e.account_id) AS moved
    WHERE a.id = moved.account_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER "ledger_entry_book" AFTER INSERT ON "ledger_entry"
  REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."book_ledger_entries"();

-- At commit: a transaction has entries, and they sum to zero.
CREATE FUNCTION "app"."check_ledger_transaction"() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  entries bigint;
  total numeric;
BEGIN
  SELECT count(*), coalesce(sum(e.amount_nano_usd), 0) INTO entries, total
    FROM public.ledger_entry e WHERE e.transaction_id = NEW.id;
  IF entries < 2 OR total <> 0 THEN
    RAISE EXCEPTION USING
      ERRCODE = 'check_violation',
      MESSAGE = format('Ledger transaction %s has %s entries with the sum %s; it needs at least two with the sum 0.', NEW.id, entries, total);
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER "ledger_transaction_balanced" AFTER INSERT ON "ledger_transaction"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "app"."check_ledger_transaction"();

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA "app" FROM PUBLIC;

ALTER FUNCTION "app"."number_ledger_transaction"() OWNER TO turnpike_definer;
ALTER FUNCTION "app"."book_ledger_entries"() OWNER TO turnpike_definer;
ALTER FUNCTION "app"."check_ledger_transaction"() OWNER TO turnpike_definer;

REVOKE CREATE ON SCHEMA "app" FROM turnpike_definer;
DO $$
BEGIN
  IF (SELECT rolcreaterole AND NOT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('REVOKE turnpike_definer FROM %I', current_user);
  END IF;
END
$$;
