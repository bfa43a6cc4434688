-- Roles belong to the whole cluster: another database may have made them already, or may be making them right now.
-- They are made without login; `roles` of @turnpike/db gives login and password to those that have one.
--   app       control plane and data plane, one tenant at a time
--   meter     the shipper: writes usage of all tenants, reads nothing else
--   worker    jobs: the only writer of postings
--   operator  the platform's own staff
--   dashboard reads the views of schema "dashboard"
--   definer   owns the look-up functions and the views; nobody can log in as it or become it

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    'turnpike_app', 'turnpike_meter', 'turnpike_worker', 'turnpike_operator', 'turnpike_dashboard', 'turnpike_definer'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role_name);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN
          RAISE NOTICE 'Role % was made by another session at the same moment.', role_name;
      END;
    END IF;
  END LOOP;
END
$$;

CREATE SCHEMA "app";
CREATE SCHEMA "dashboard";

REVOKE ALL ON SCHEMA "public", "app", "dashboard", "partitions" FROM PUBLIC;
GRANT USAGE ON SCHEMA "public", "app" TO turnpike_app, turnpike_meter, turnpike_worker, turnpike_operator, turnpike_definer;
GRANT USAGE ON SCHEMA "dashboard" TO turnpike_dashboard;
GRANT USAGE ON SCHEMA "app" TO turnpike_dashboard;
