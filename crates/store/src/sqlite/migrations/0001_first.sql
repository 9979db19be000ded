-- Patients by number: eight bytes less than an id in every index row, and the number leads what belongs to one citizen.
CREATE TABLE patient(
  num INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
);

-- The newest version, without its body: label filters, counts and sorting walk narrow rows.
CREATE TABLE resource(
  rid INTEGER PRIMARY KEY,
  type INTEGER NOT NULL,
  id TEXT NOT NULL,
  patient INTEGER NOT NULL,
  version INTEGER NOT NULL,
  updated_micros INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  service INTEGER NOT NULL,
  item_label INTEGER NOT NULL,
  -- CRC-32 of the columns, labels first of all: a flipped bit must not open anything.
  checksum INTEGER NOT NULL
);
CREATE UNIQUE INDEX resource_name ON resource(type, id);
CREATE INDEX resource_patient ON resource(patient, type, rid);
CREATE INDEX resource_type ON resource(type, rid);
CREATE INDEX resource_updated ON resource(type, updated_micros, rid);

-- The newest body, and its index rows as a list, so that an update takes out exactly what was put in.
CREATE TABLE content(
  rid INTEGER PRIMARY KEY,
  body BLOB NOT NULL,
  entries BLOB NOT NULL,
  -- CRC-32 of number, version and body.
  checksum INTEGER NOT NULL
);

CREATE TABLE history(
  rid INTEGER NOT NULL,
  version INTEGER NOT NULL,
  type INTEGER NOT NULL,
  updated_micros INTEGER NOT NULL,
  deleted INTEGER NOT NULL,
  body BLOB NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY(rid, version)
);
CREATE INDEX history_updated ON history(type, updated_micros, rid, version);

CREATE TABLE index_token(
  param INTEGER NOT NULL, value BLOB NOT NULL, patient INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY(param, value, patient, rid)
) WITHOUT ROWID;
CREATE TABLE index_string(
  param INTEGER NOT NULL, value TEXT NOT NULL, patient INTEGER NOT NULL, rid INTEGER NOT NULL, exact TEXT NOT NULL,
  PRIMARY KEY(param, value, patient, rid, exact)
) WITHOUT ROWID;
CREATE TABLE index_reference(
  param INTEGER NOT NULL, value TEXT NOT NULL, target INTEGER NOT NULL, patient INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY(param, value, target, patient, rid)
) WITHOUT ROWID;
CREATE TABLE index_uri(
  param INTEGER NOT NULL, value TEXT NOT NULL, patient INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY(param, value, patient, rid)
) WITHOUT ROWID;
CREATE TABLE index_date(
  param INTEGER NOT NULL, patient INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY(param, patient, low, high, rid)
) WITHOUT ROWID;
CREATE TABLE index_number(
  param INTEGER NOT NULL, patient INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, rid INTEGER NOT NULL,
  PRIMARY KEY(param, patient, low, high, rid)
) WITHOUT ROWID;
CREATE TABLE index_quantity(
  param INTEGER NOT NULL, patient INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, rid INTEGER NOT NULL,
  unit BLOB NOT NULL,
  PRIMARY KEY(param, patient, low, high, rid, unit)
) WITHOUT ROWID;

CREATE TABLE audit(
  seq INTEGER PRIMARY KEY,
  at_micros INTEGER NOT NULL,
  patient INTEGER NOT NULL,
  body BLOB NOT NULL,
  hash BLOB NOT NULL
);
-- Filled behind the log, see indexed below; the entries after it are read straight from the log.
CREATE TABLE audit_patient(
  patient INTEGER NOT NULL, seq INTEGER NOT NULL,
  PRIMARY KEY(patient, seq)
) WITHOUT ROWID;
CREATE TABLE audit_head(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  count INTEGER NOT NULL,
  hash BLOB NOT NULL,
  indexed INTEGER NOT NULL
);
INSERT INTO audit_head VALUES (1, 0, zeroblob(32), 0);

CREATE TABLE outbox(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  subject INTEGER NOT NULL,
  payload TEXT NOT NULL,
  created_micros INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_micros INTEGER NOT NULL,
  lease_until_micros INTEGER NOT NULL,
  lease INTEGER NOT NULL,
  -- 0 waits, 1 done, 2 given up
  state INTEGER NOT NULL
);
CREATE INDEX outbox_due ON outbox(next_attempt_micros, id) WHERE state = 0;
CREATE INDEX outbox_subject ON outbox(subject, id) WHERE state = 0;
CREATE INDEX outbox_done ON outbox(created_micros) WHERE state = 1;

CREATE TABLE idempotency(
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint INTEGER NOT NULL,
  created_micros INTEGER NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY(scope, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency(created_micros);

CREATE TABLE ephemeral(
  kind TEXT NOT NULL,
  key_hash BLOB NOT NULL,
  owner TEXT NOT NULL,
  value BLOB NOT NULL,
  expires_micros INTEGER NOT NULL,
  PRIMARY KEY(kind, key_hash)
) WITHOUT ROWID;
CREATE INDEX ephemeral_owner ON ephemeral(kind, owner);
CREATE INDEX ephemeral_expires ON ephemeral(expires_micros);

-- How far a file has been imported; written together with what was imported.
CREATE TABLE import_mark(
  source TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  updated_micros INTEGER NOT NULL
) WITHOUT ROWID;
