import type { DatabaseSync } from "node:sqlite"

import { StartError } from "../start-error.ts"

/**
 * Every change of the file's form, oldest first. A released one is never edited: the file's `user_version` says how many of
 * them it has been through.
 *
 * A `body` is the whole row as JSON. The columns beside it are what conditions and indexes need; where both have a field
 * (`version`, `work`), the column is right.
 */
export const migrations: string[] = [
  `
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    lease_owner TEXT,
    lease_until INTEGER,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE checkpoints (
    account_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    upto INTEGER NOT NULL,
    body TEXT NOT NULL,
    known BLOB NOT NULL,
    PRIMARY KEY (account_id, conversation_id)
  ) STRICT;

  CREATE TABLE logs (
    log TEXT PRIMARY KEY,
    published INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    log TEXT NOT NULL,
    position INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    conversation_id TEXT,
    sequence INTEGER,
    previous INTEGER,
    seen_at INTEGER NOT NULL,
    event TEXT NOT NULL,
    UNIQUE (log, position)
  ) STRICT;
  CREATE INDEX events_by_event ON events (event_id);
  CREATE INDEX events_by_time ON events (seen_at);
  CREATE INDEX events_by_log ON events (log, seen_at);
  CREATE INDEX events_by_conversation ON events (conversation_id, seen_at) WHERE conversation_id IS NOT NULL;

  CREATE TABLE endpoints (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    account_id TEXT,
    status TEXT NOT NULL,
    shard INTEGER NOT NULL,
    work TEXT,
    work_at INTEGER,
    work_replay INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    body TEXT NOT NULL,
    UNIQUE (event_id, endpoint_id)
  ) STRICT;
  CREATE INDEX deliveries_by_time ON deliveries (created_at);
  CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, created_at);
  CREATE INDEX deliveries_due ON deliveries (shard, work_at) WHERE work = 'due';
  CREATE INDEX deliveries_held ON deliveries (endpoint_id, work_replay, created_at) WHERE work = 'held';
  CREATE INDEX deliveries_expiring ON deliveries (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE budget (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE queue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    grp TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX queue_by_group ON queue (kind, grp, not_before);

  CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    grp TEXT NOT NULL,
    received INTEGER NOT NULL,
    reason TEXT NOT NULL,
    died_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE minutes (
    minute INTEGER PRIMARY KEY,
    claimed INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  `,
  `
  ALTER TABLE accounts ADD COLUMN hinted_at INTEGER;

  ALTER TABLE events ADD COLUMN only_for TEXT;
  ALTER TABLE events ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;

  UPDATE deliveries SET work_at = created_at WHERE work = 'held';
  DROP INDEX deliveries_held;
  CREATE INDEX deliveries_held ON deliveries (endpoint_id, work_replay, work_at, event_id) WHERE work = 'held';

  CREATE TABLE slots (
    endpoint_id TEXT PRIMARY KEY,
    free_at REAL NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    expires_at INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE stats (
    id INTEGER PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    minute INTEGER NOT NULL,
    counts TEXT NOT NULL,
    UNIQUE (endpoint_id, minute)
  ) STRICT;
  CREATE INDEX stats_by_minute ON stats (minute);
  `,
  `
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_expiring ON sessions (expires_at);
  `,
]

/** Brings a file to this program's form, one transaction for each step. */
export const migrate = (db: DatabaseSync, name: string, steps = migrations): void => {
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"])
  if (version > steps.length) {
    throw new StartError(
      `${name} was written by a newer Posthorn (form ${version}; this one knows ${steps.length}): start that version, or set POSTHORN_DATA_DIR to another directory.`,
    )
  }
  for (const [index, step] of steps.entries()) {
    if (index < version) continue
    db.exec("BEGIN IMMEDIATE")
    try {
      db.exec(step)
      db.exec(`PRAGMA user_version = ${index + 1}`)
      db.exec("COMMIT")
    } catch (error) {
      db.exec("ROLLBACK")
      throw error
    }
  }
}
