-- Closed sets of words and the ranges that values may have. Prisma's schema language cannot say them.

ALTER TABLE "organization"
  ADD CONSTRAINT "organization_status_check" CHECK ("status" IN ('active', 'suspended')),
  ADD CONSTRAINT "organization_billing_mode_check" CHECK ("billing_mode" IN ('prepaid', 'invoiced')),
  ADD CONSTRAINT "organization_name_check" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "organization_slug_check" CHECK ("slug" ~ '^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$');

ALTER TABLE "project"
  ADD CONSTRAINT "project_status_check" CHECK ("status" IN ('active', 'archived')),
  ADD CONSTRAINT "project_name_check" CHECK (length("name") BETWEEN 1 AND 200);

-- At most one default project each. Prisma does not see partial indexes, so this is no drift.
CREATE UNIQUE INDEX "project_one_default_key" ON "project" ("organization_id") WHERE "is_default";

ALTER TABLE "app_user"
  ADD CONSTRAINT "app_user_status_check" CHECK ("status" IN ('active', 'disabled')),
  ADD CONSTRAINT "app_user_name_check" CHECK (length("name") BETWEEN 1 AND 200),
  ADD CONSTRAINT "app_user_email_check" CHECK ("email" = lower(btrim("email")) AND length("email") BETWEEN 3 AND 320);

ALTER TABLE "member"
  ADD CONSTRAINT "member_role_check" CHECK ("role" IN ('owner', 'admin', 'developer', 'finance', 'viewer'));

ALTER TABLE "api_key"
  ADD CONSTRAINT "api_key_kind_check" CHECK ("kind" IN ('inference', 'management')),
  ADD CONSTRAINT "api_key_mode_check" CHECK ("mode" IN ('live', 'test')),
  ADD CONSTRAINT "api_key_status_check" CHECK ("status" IN ('active', 'disabled', 'revoked')),
  ADD CONSTRAINT "api_key_revoked_at_check" CHECK (("status" = 'revoked') = ("revoked_at" IS NOT NULL)),
  ADD CONSTRAINT "api_key_digest_check" CHECK (octet_length("digest") = 32),
  ADD CONSTRAINT "api_key_name_check" CHECK (length("name") BETWEEN 1 AND 200);

ALTER TABLE "session"
  ADD CONSTRAINT "session_digest_check" CHECK (octet_length("digest") = 32);

ALTER TABLE "model"
  ADD CONSTRAINT "model_operation_check" CHECK ("operation" IN ('chat', 'embeddings'));

ALTER TABLE "price"
  ADD CONSTRAINT "price_effective_check" CHECK ("effective_to" IS NULL OR "effective_to" > "effective_from");

-- An endpoint has at most one price without an end.
CREATE UNIQUE INDEX "price_one_open_key" ON "price" ("endpoint_id") WHERE "effective_to" IS NULL;

ALTER TABLE "price_rate"
  ADD CONSTRAINT "price_rate_above_input_tokens_check" CHECK ("above_input_tokens" >= 0),
  ADD CONSTRAINT "price_rate_not_negative_check" CHECK (
    least(
      "input_nano_usd_per_million", "cache_read_nano_usd_per_million", "cache_write_5m_nano_usd_per_million",
      "cache_write_1h_nano_usd_per_million", "audio_input_nano_usd_per_million", "output_nano_usd_per_million",
      "reasoning_nano_usd_per_million", "audio_output_nano_usd_per_million", "web_search_nano_usd_per_million",
      "request_nano_usd_per_million"
    ) >= 0
  );

ALTER TABLE "price_book_entry"
  ADD CONSTRAINT "price_book_entry_factor_check" CHECK ("numerator" >= 0 AND "denominator" > 0),
  ADD CONSTRAINT "price_book_entry_effective_check" CHECK ("effective_to" IS NULL OR "effective_to" > "effective_from");

-- A book has at most one open rule for an endpoint, and one for all others.
CREATE UNIQUE INDEX "price_book_entry_one_open_key" ON "price_book_entry" ("price_book_id", coalesce("endpoint_id", '*'))
  WHERE "effective_to" IS NULL;

ALTER TABLE "budget"
  ADD CONSTRAINT "budget_scope_check"
    CHECK ("scope" IN ('organization', 'project', 'key', 'member', 'end_user', 'tag', 'model', 'provider')),
  ADD CONSTRAINT "budget_scope_value_check" CHECK (("scope" = 'organization') = ("scope_value" = '')),
  ADD CONSTRAINT "budget_period_check" CHECK ("period" IN ('day', 'week', 'month', 'quarter', 'lifetime')),
  -- Redis compares amounts as doubles: 2^53 - 1 is the largest that is exact there.
  ADD CONSTRAINT "budget_limit_check" CHECK ("limit_nano_usd" BETWEEN 0 AND 9007199254740991);

ALTER TABLE "rate_limit"
  ADD CONSTRAINT "rate_limit_scope_check" CHECK ("scope" IN ('key', 'project', 'organization')),
  ADD CONSTRAINT "rate_limit_kind_check" CHECK ("kind" IN ('requests', 'tokens', 'concurrency')),
  ADD CONSTRAINT "rate_limit_window_check" CHECK (("kind" = 'concurrency') = ("window_ms" = 0) AND "window_ms" >= 0),
  ADD CONSTRAINT "rate_limit_limit_check" CHECK ("limit_value" BETWEEN 1 AND 9007199254740991);

ALTER TABLE "usage_batch"
  ADD CONSTRAINT "usage_batch_posted_check" CHECK (("posted_at" IS NULL) = ("posting_id" IS NULL));

ALTER TABLE "ledger_account"
  ADD CONSTRAINT "ledger_account_kind_check"
    CHECK ("kind" IN ('prepaid', 'receivable', 'revenue', 'promo', 'payment_clearing', 'adjustment', 'rounding'));

ALTER TABLE "ledger_transaction"
  ADD CONSTRAINT "ledger_transaction_source_type_check"
    CHECK ("source_type" IN ('usage_posting', 'trial_credit', 'payment', 'refund', 'promo', 'adjustment', 'correction'));

ALTER TABLE "audit_entry"
  ADD CONSTRAINT "audit_entry_actor_type_check" CHECK ("actor_type" IN ('member', 'management_key', 'operator', 'system')),
  ADD CONSTRAINT "audit_entry_detail_check" CHECK (length("detail") <= 65536);
