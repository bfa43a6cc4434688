import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import { SchemaEngine, type MigrationList, type SchemaContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

/**
 * Prisma's schema engine as WebAssembly: the same engine that the CLI would download, but from the package registry,
 * so that migrations need no other network. It keeps Prisma's own `_prisma_migrations` table.
 */
export type Engine = SchemaEngine;
export type { MigrationList, SchemaContainer };

/** Opens the engine on the database at `url`, runs `work` and closes it. `schema` must not be empty. */
export async function withSchemaEngine<Result>(
  url: string,
  schema: readonly SchemaContainer[],
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  await loadBindings();
  const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'turnpike-schema-engine' });
  const adapter = new EngineAdapter(pool);
  try {
    const engine = await SchemaEngine.new(
      { datamodels: schema.map((file) => [file.path, file.content]) },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapter),
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } catch (cause) {
    throw explain(cause, adapter.scriptFailure);
  } finally {
    await pool.end();
  }
}

/** The engine names the migration but tells some errors of Postgres in other words; Postgres's own say what is wrong. */
function explain(cause: unknown, scriptFailure: pg.DatabaseError | undefined): unknown {
  if (panicRegistry.message !== '') {
    return new Error(`The schema engine failed: ${panicRegistry.message}`, { cause });
  }
  if (scriptFailure === undefined) {
    return cause;
  }
  const name = cause instanceof Error ? /migration_name="([^"]+)"/.exec(cause.message)?.[1] : undefined;
  const hint = scriptFailure.hint === undefined ? '' : ` ${scriptFailure.hint}`;
  return new Error(`Migration ${name ?? 'script'} failed: ${scriptFailure.message}.${hint}`, { cause: scriptFailure });
}

/** The engine reports a panic here before it dies of it; without it, the panic would hide behind a TypeError. */
const panicRegistry = {
  message: '',
  set_message(message: string): void {
    this.message = message;
  },
};

let isLoaded = false;

async function loadBindings(): Promise<void> {
  if (isLoaded) {
    return;
  }
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const binary = await readFile(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(binary, { './schema_engine_bg.js': { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panicRegistry });
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') {
    start();
  }
  isLoaded = true;
}

/** Postgres's internal one-byte type `"char"` and its array, which the stock adapter does not know. */
const internalCharOid = 18;
const internalCharArrayOid = 1002;
const varcharOid = 1043;
const varcharArrayOid = 1015;

/** The stock adapter, with the two things that it lacks for migrations. */
class EngineAdapter extends PrismaPg {
  readonly #pool: pg.Pool;
  /** By the text of a query, which of its columns are of type `"char"`. */
  readonly #charColumns: ReadonlyMap<string, readonly number[]>;
  /** What Postgres said of the last script that failed. */
  scriptFailure: pg.DatabaseError | undefined;

  constructor(pool: pg.Pool) {
    const charColumns = new Map<string, readonly number[]>();
    super(withReadableCatalog(pool, charColumns));
    this.#pool = pool;
    this.#charColumns = charColumns;
  }

  override async connect(): Promise<Awaited<ReturnType<PrismaPg['connect']>>> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    return Object.assign(adapter, {
      queryRaw: async (query: SqlQuery): Promise<SqlResultSet> => {
        const result = await queryRaw(query);
        for (const column of this.#charColumns.get(query.sql) ?? []) {
          result.columnTypes[column] = ColumnTypeEnum.Character;
        }
        return result;
      },
      // The stock adapter cuts a script at every semicolon, also inside function bodies, and runs the pieces one by
      // one. Sent as one simple query, Postgres parses it, and a migration that fails leaves nothing behind.
      executeScript: async (script: string): Promise<void> => {
        await this.#pool.query(script).catch((error: unknown) => {
          this.scriptFailure = error instanceof pg.DatabaseError ? error : undefined;
          throw toEngineError(error);
        });
      },
    });
  }
}

/** Says a Postgres error in the engine's words, so that it keeps the message in `_prisma_migrations.logs`. */
function toEngineError(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) {
    return error;
  }
  const { code = 'XX000', severity = 'ERROR', message, detail, column, hint } = error;
  return new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

/** Lets the stock adapter read `"char"` as text, and notes where it did. */
function withReadableCatalog(pool: pg.Pool, charColumns: Map<string, readonly number[]>): pg.Pool {
  const query = pool.query.bind(pool);
  return Object.assign(pool, {
    query: async (config: string | pg.QueryArrayConfig) => {
      if (typeof config === 'string') {
        return query(config);
      }
      const result = await query(config);
      const found: number[] = [];
      for (const [index, field] of result.fields.entries()) {
        if (field.dataTypeID === internalCharOid) {
          field.dataTypeID = varcharOid;
          found.push(index);
        } else if (field.dataTypeID === internalCharArrayOid) {
          field.dataTypeID = varcharArrayOid;
        }
      }
      charColumns.set(config.text, found);
      return result;
    },
  });
}
