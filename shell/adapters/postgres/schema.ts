// Owns the schema of the state in PostgreSQL as numbered migrations. A released migration is history and never changes; add the next one.

/** Compared by their bytes, so that order and prefixes are the same in every database. */
const bytewise = (sql: string): string => sql.replaceAll(/\bTEXT\b/g, 'text COLLATE "C"')

/**
 * Version 1. The tables are those of the embedded state, with these differences: numbers of runs are never used again, so a record's key is the run and
 * the first record's number; types of objects stand as texts (`workflows.argoproj.io`); labels have the key of what they belong to first, so that
 * selectors can ask for them.
 *
 * `store` has one row. Whoever writes locks it, takes versions from its count, and writes it back: the order of versions is that of the commits.
 */
const version1 = bytewise(`
CREATE TABLE store (id INT PRIMARY KEY CHECK (id = 1), version BIGINT NOT NULL, object_horizon BIGINT NOT NULL, run_horizon BIGINT NOT NULL) WITH (fillfactor = 10);
INSERT INTO store VALUES (1, 1, 1, 1);

CREATE TABLE run (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  archived INT NOT NULL,
  version BIGINT NOT NULL,
  seq INT NOT NULL,
  snapshot_seq INT NOT NULL,
  snapshot_parts INT NOT NULL,
  lease TEXT,
  template TEXT NOT NULL,
  progress TEXT NOT NULL,
  message TEXT NOT NULL,
  labels TEXT NOT NULL,
  owners TEXT NOT NULL,
  details TEXT NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX run_uid ON run (uid);
CREATE UNIQUE INDEX run_live_name ON run (namespace, name) WHERE archived = 0;
CREATE INDEX run_name ON run (namespace, name, id);
CREATE INDEX run_bare_name ON run (name);
CREATE INDEX run_newest ON run (created_at, id);
CREATE INDEX run_namespace ON run (namespace, created_at, id);
CREATE INDEX run_phase ON run (phase, created_at, id);
CREATE INDEX run_template ON run (template, created_at, id) WHERE template <> '';
CREATE INDEX run_unfinished ON run (created_at, id) WHERE finished_at IS NULL;
CREATE INDEX run_version ON run (version);

CREATE TABLE run_label (run BIGINT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (run, key));
CREATE INDEX run_label_value ON run_label (key, value, created_at, run);
CREATE TABLE run_owner (owner TEXT NOT NULL, run BIGINT NOT NULL, PRIMARY KEY (owner, run));
CREATE INDEX run_owner_run ON run_owner (run);
CREATE TABLE run_manifest (run BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE run_log (run BIGINT NOT NULL, seq INT NOT NULL, count INT NOT NULL, sum BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, seq));
CREATE TABLE run_snapshot (run BIGINT NOT NULL, seq INT NOT NULL, part INT NOT NULL, sum BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run, seq, part));
CREATE TABLE run_trash (run BIGINT PRIMARY KEY);
CREATE TABLE run_removed (version BIGINT PRIMARY KEY, namespace TEXT NOT NULL, summary TEXT NOT NULL);
CREATE TABLE lease_owner (id TEXT PRIMARY KEY, info TEXT NOT NULL, heartbeat_at BIGINT NOT NULL);

CREATE TABLE object (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL,
  version BIGINT NOT NULL,
  deleting INT NOT NULL
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX object_name ON object (type, namespace, name);
CREATE UNIQUE INDEX object_uid ON object (uid);
CREATE TABLE object_label (object BIGINT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (object, key));
CREATE INDEX object_label_value ON object_label (key, value, object);
CREATE TABLE object_owner (owner TEXT NOT NULL, object BIGINT NOT NULL, blocking INT NOT NULL, PRIMARY KEY (owner, object));
CREATE INDEX object_owner_object ON object_owner (object);
CREATE TABLE object_version (
  version BIGINT PRIMARY KEY,
  type TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  event INT NOT NULL,
  previous BIGINT,
  body TEXT NOT NULL
);
CREATE INDEX object_version_type ON object_version (type, version);
CREATE TABLE object_garbage (owner TEXT PRIMARY KEY, mode TEXT NOT NULL, version BIGINT NOT NULL, pending INT NOT NULL);
CREATE INDEX object_garbage_pending ON object_garbage (owner) WHERE pending = 1;
CREATE INDEX object_garbage_version ON object_garbage (version) WHERE pending = 0;

CREATE TABLE archive (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  phase TEXT NOT NULL,
  sorted_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  labels TEXT NOT NULL,
  outline TEXT NOT NULL
);
CREATE UNIQUE INDEX archive_uid ON archive (uid);
CREATE INDEX archive_name ON archive (name);
CREATE INDEX archive_newest ON archive (sorted_at, id);
CREATE INDEX archive_namespace ON archive (namespace, sorted_at, id);
CREATE INDEX archive_phase ON archive (phase, sorted_at, id);
CREATE INDEX archive_finished ON archive (finished_at);
CREATE TABLE archive_body (archive BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE archive_label (archive BIGINT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, sorted_at BIGINT NOT NULL, PRIMARY KEY (archive, key));
CREATE INDEX archive_label_value ON archive_label (key, value, sorted_at, archive);
CREATE TABLE sync_limit (namespace TEXT NOT NULL, key TEXT NOT NULL, size BIGINT NOT NULL, PRIMARY KEY (namespace, key));
`)

/** Version 2: the locks that runs have (`held`) or wait for, in the order in which they came. A claim counts as long as its run is there and has not ended. */
const version2 = bytewise(`
CREATE TABLE lock_claim (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid TEXT NOT NULL,
  holder TEXT NOT NULL,
  lock TEXT NOT NULL,
  held INT NOT NULL,
  priority INT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX lock_claim_place ON lock_claim (uid, holder, lock);
CREATE INDEX lock_claim_lock ON lock_claim (lock, id);
`)

/** Version 3: what servers ask of runs that others carry out; `answer` is NULL until those have done it. */
const version3 = bytewise(`
CREATE TABLE run_request (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uid TEXT NOT NULL, body TEXT NOT NULL, asked_at BIGINT NOT NULL, answer TEXT);
CREATE INDEX run_request_uid ON run_request (uid);
`)

export const migrations: readonly string[] = [version1, version2, version3]
