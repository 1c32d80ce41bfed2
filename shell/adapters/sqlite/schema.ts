// Owns the schema of the embedded state as numbered migrations. A released migration is history and never changes; add the next one.

/**
 * Version 1.
 *
 * `store`: one row: the count that every change of a run or object takes its version from, and the versions up to which history is gone.
 *
 * `run`: the narrow row of a run, which lists read and each append touches. `run_log` holds the records: the key is the run's number times
 * 2^24 plus the number of the first record in the row, so that a run's records lie side by side and need no second index; `count` records
 * stand in `body`, one a line, guarded by the checksum `sum`. `run_trash` names removed runs whose rows are still to be deleted.
 *
 * `object` has one row per living object and `object_version` one per change, with the whole object after it; `previous` is the version
 * that it replaced. History is thus the versions that no `object` row points to, and a past moment can be listed as it was. `object_garbage`
 * names owners that are gone or going and what is to become of the objects they own; `pending` ones are still to be worked on.
 */
const version1 = `
CREATE TABLE store (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, object_horizon INTEGER NOT NULL, run_horizon INTEGER NOT NULL) STRICT;
INSERT INTO store VALUES (1, 1, 1, 1);

CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  archived INTEGER NOT NULL,
  version INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  snapshot_seq INTEGER NOT NULL,
  snapshot_parts INTEGER NOT NULL,
  lease TEXT,
  template TEXT NOT NULL,
  progress TEXT NOT NULL,
  message TEXT NOT NULL,
  labels TEXT NOT NULL,
  owners TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX run_uid ON run (uid);
CREATE UNIQUE INDEX run_live_name ON run (namespace, name) WHERE archived = 0;
CREATE INDEX run_name ON run (namespace, name);
CREATE INDEX run_bare_name ON run (name);
CREATE INDEX run_newest ON run (created_at);
CREATE INDEX run_namespace ON run (namespace, created_at);
CREATE INDEX run_phase ON run (phase, created_at);
CREATE INDEX run_template ON run (template, created_at) WHERE template <> '';
CREATE INDEX run_unfinished ON run (created_at) WHERE finished_at IS NULL;
CREATE INDEX run_namespace_phase ON run (namespace, phase, created_at, archived);
CREATE INDEX run_version ON run (version);

CREATE TABLE run_label (
  key TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL, run INTEGER NOT NULL,
  PRIMARY KEY (key, value, created_at, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE run_owner (owner TEXT NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (owner, run)) STRICT, WITHOUT ROWID;
CREATE TABLE run_manifest (run INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE run_log (key INTEGER PRIMARY KEY, count INTEGER NOT NULL, sum INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE run_snapshot (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, part INTEGER NOT NULL, sum INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX run_snapshot_part ON run_snapshot (run, seq, part);
CREATE TABLE run_trash (run INTEGER PRIMARY KEY) STRICT;
CREATE TABLE run_removed (version INTEGER PRIMARY KEY, namespace TEXT NOT NULL, summary TEXT NOT NULL) STRICT;
CREATE TABLE lease_owner (id TEXT PRIMARY KEY, info TEXT NOT NULL, heartbeat_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE object_type (id INTEGER PRIMARY KEY, api_group TEXT NOT NULL, plural TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX object_type_name ON object_type (api_group, plural);
CREATE TABLE object (
  id INTEGER PRIMARY KEY,
  type INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  version INTEGER NOT NULL,
  deleting INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX object_name ON object (type, namespace, name);
CREATE UNIQUE INDEX object_uid ON object (uid);
CREATE TABLE object_label (
  type INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, object INTEGER NOT NULL,
  PRIMARY KEY (type, key, value, namespace, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE object_owner (
  owner TEXT NOT NULL, object INTEGER NOT NULL, blocking INTEGER NOT NULL, PRIMARY KEY (owner, object)
) STRICT, WITHOUT ROWID;
CREATE TABLE object_version (
  version INTEGER PRIMARY KEY,
  type INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  event INTEGER NOT NULL,
  previous INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX object_version_type ON object_version (type, version);
CREATE TABLE object_garbage (
  owner TEXT PRIMARY KEY, mode TEXT NOT NULL, version INTEGER NOT NULL, pending INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX object_garbage_pending ON object_garbage (owner) WHERE pending = 1;
CREATE INDEX object_garbage_version ON object_garbage (version) WHERE pending = 0;
`

/**
 * Version 2: the archive. `archive` has the narrow rows that lists read, `archive_body` the whole workflows. Lists show the latest start first:
 * `sorted_at` is that time, or the creation of what never started; indexes that walk in that order have the name behind it, so that whoever looks for a piece of a
 * name among much reads no rows. `sync_limit` has the limits of semaphores that are kept in a database.
 */
const version2 = `
CREATE TABLE archive (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  sorted_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  labels TEXT NOT NULL,
  outline TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX archive_uid ON archive (uid);
CREATE INDEX archive_name ON archive (name);
CREATE INDEX archive_newest ON archive (sorted_at, name);
CREATE INDEX archive_namespace ON archive (namespace, sorted_at, name);
CREATE INDEX archive_phase ON archive (phase, sorted_at);
CREATE INDEX archive_finished ON archive (finished_at);
CREATE TABLE archive_body (archive INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE archive_label (
  key TEXT NOT NULL, value TEXT NOT NULL, sorted_at INTEGER NOT NULL, archive INTEGER NOT NULL,
  PRIMARY KEY (key, value, sorted_at, archive)
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_limit (namespace TEXT NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (namespace, key)) STRICT, WITHOUT ROWID;
`

/**
 * Version 3: the locks that runs have (`held`) or wait for, in the order in which they came. A claim counts as long as its run is there and has not ended.
 */
const version3 = `
CREATE TABLE lock_claim (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,
  holder TEXT NOT NULL,
  lock TEXT NOT NULL,
  held INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lock_claim_place ON lock_claim (uid, holder, lock);
CREATE INDEX lock_claim_lock ON lock_claim (lock, id);
`

/** Version 4: what processes ask of runs that others carry out; `answer` is NULL until those have done it. */
const version4 = `
CREATE TABLE run_request (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL, body TEXT NOT NULL, asked_at INTEGER NOT NULL, answer TEXT) STRICT;
CREATE INDEX run_request_uid ON run_request (uid);
`

export const migrations: readonly string[] = [version1, version2, version3, version4]

/** Of databases that this program writes. */
export const schemaVersion = migrations.length
