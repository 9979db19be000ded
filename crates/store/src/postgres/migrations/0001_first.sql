-- The same tables as in SQLite (docs/decisions/0002-index-layout.md), each in partitions by patient: a citizen's page touches one, and the
-- column is what a sharded PostgreSQL would distribute by. What belongs to nobody has patient 0, and so one partition.
-- The number of partitions is set when the database is made (varde.partitions).

-- PostgreSQL 15 cannot take the least of several bytea; a sort by a code needs it.
CREATE FUNCTION bytea_smaller(a bytea, b bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CASE WHEN a < b THEN a ELSE b END';
CREATE FUNCTION bytea_larger(a bytea, b bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT CASE WHEN a > b THEN a ELSE b END';
CREATE AGGREGATE min(bytea) (SFUNC = bytea_smaller, STYPE = bytea, SORTOP = <, PARALLEL = SAFE, COMBINEFUNC = bytea_smaller);
CREATE AGGREGATE max(bytea) (SFUNC = bytea_larger, STYPE = bytea, SORTOP = >, PARALLEL = SAFE, COMBINEFUNC = bytea_larger);

CREATE SEQUENCE resource_rid;

CREATE TABLE patient(
  num bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text COLLATE "C" NOT NULL UNIQUE
);

-- What finds a resource by its name, whosever it is; a unique index of a partitioned table must hold the partition's column.
CREATE TABLE name(
  type integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  patient bigint NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (type, id)
) PARTITION BY HASH (id);

CREATE TABLE resource(
  rid bigint NOT NULL,
  type integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  patient bigint NOT NULL,
  version bigint NOT NULL,
  updated_micros bigint NOT NULL,
  deleted smallint NOT NULL,
  service smallint NOT NULL,
  item_label smallint NOT NULL,
  -- CRC-32 of the columns, labels first of all: a flipped bit must not open anything.
  checksum integer NOT NULL,
  PRIMARY KEY (patient, rid)
) PARTITION BY HASH (patient);
CREATE INDEX resource_patient ON resource(patient, type, rid, deleted, service, item_label, version);
CREATE INDEX resource_type ON resource(type, rid);
CREATE INDEX resource_updated ON resource(type, updated_micros, rid);
CREATE INDEX resource_changed ON resource(updated_micros, rid);

CREATE TABLE content(
  rid bigint NOT NULL,
  patient bigint NOT NULL,
  body bytea COMPRESSION lz4 NOT NULL,
  entries bytea COMPRESSION lz4 NOT NULL,
  checksum integer NOT NULL,
  PRIMARY KEY (patient, rid)
) PARTITION BY HASH (patient);

CREATE TABLE history(
  rid bigint NOT NULL,
  patient bigint NOT NULL,
  version bigint NOT NULL,
  type integer NOT NULL,
  updated_micros bigint NOT NULL,
  deleted smallint NOT NULL,
  body bytea COMPRESSION lz4 NOT NULL,
  checksum integer NOT NULL,
  PRIMARY KEY (patient, rid, version)
) PARTITION BY HASH (patient);
CREATE INDEX history_updated ON history(type, updated_micros, rid, version);
CREATE INDEX history_changed ON history(updated_micros, rid, version);

CREATE TABLE index_token(
  param integer NOT NULL, patient bigint NOT NULL, rid bigint NOT NULL, value bytea NOT NULL,
  PRIMARY KEY (param, value, patient, rid)
) PARTITION BY HASH (patient);
CREATE TABLE index_string(
  param integer NOT NULL, patient bigint NOT NULL, rid bigint NOT NULL,
  value text COLLATE "C" NOT NULL, exact text COLLATE "C" NOT NULL,
  PRIMARY KEY (param, value, patient, rid, exact)
) PARTITION BY HASH (patient);
CREATE TABLE index_reference(
  param integer NOT NULL, patient bigint NOT NULL, rid bigint NOT NULL, target integer NOT NULL,
  value text COLLATE "C" NOT NULL,
  PRIMARY KEY (param, value, target, patient, rid)
) PARTITION BY HASH (patient);
CREATE TABLE index_uri(
  param integer NOT NULL, patient bigint NOT NULL, rid bigint NOT NULL, value text COLLATE "C" NOT NULL,
  PRIMARY KEY (param, value, patient, rid)
) PARTITION BY HASH (patient);
CREATE TABLE index_date(
  param integer NOT NULL, patient bigint NOT NULL, low bigint NOT NULL, high bigint NOT NULL, rid bigint NOT NULL,
  PRIMARY KEY (param, patient, low, high, rid)
) PARTITION BY HASH (patient);
CREATE TABLE index_number(
  param integer NOT NULL, patient bigint NOT NULL, low double precision NOT NULL, high double precision NOT NULL,
  rid bigint NOT NULL,
  PRIMARY KEY (param, patient, low, high, rid)
) PARTITION BY HASH (patient);
CREATE TABLE index_quantity(
  param integer NOT NULL, patient bigint NOT NULL, low double precision NOT NULL, high double precision NOT NULL,
  rid bigint NOT NULL, unit bytea NOT NULL,
  PRIMARY KEY (param, patient, low, high, rid, unit)
) PARTITION BY HASH (patient);
CREATE INDEX index_date_nobody ON index_date(rid, param, low, high) WHERE patient = 0;
CREATE INDEX index_number_nobody ON index_number(rid, param, low, high) WHERE patient = 0;
CREATE INDEX index_quantity_nobody ON index_quantity(rid, param, low, high) WHERE patient = 0;

CREATE TABLE audit(
  seq bigint NOT NULL,
  at_micros bigint NOT NULL,
  patient bigint NOT NULL,
  body bytea COMPRESSION lz4 NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (patient, seq)
) PARTITION BY HASH (patient);
CREATE INDEX audit_seq ON audit(seq);
CREATE TABLE audit_head(
  one integer PRIMARY KEY CHECK (one = 1),
  count bigint NOT NULL,
  hash bytea NOT NULL
);
INSERT INTO audit_head VALUES (1, 0, decode(repeat('00', 32), 'hex'));
-- Entries that are not in the chain yet, half a second old at most. Whoever writes one needs no lock that others wait for.
CREATE TABLE audit_waiting(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_micros bigint NOT NULL,
  -- Empty for data of nobody.
  patient text COLLATE "C" NOT NULL,
  body bytea NOT NULL
);

CREATE TABLE outbox(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  subject bigint NOT NULL,
  payload text NOT NULL,
  created_micros bigint NOT NULL,
  attempts bigint NOT NULL,
  next_attempt_micros bigint NOT NULL,
  lease_until_micros bigint NOT NULL,
  lease bigint NOT NULL,
  -- 0 waits, 1 done, 2 given up
  state smallint NOT NULL
);
CREATE INDEX outbox_due ON outbox(next_attempt_micros, id) WHERE state = 0;
CREATE INDEX outbox_subject ON outbox(subject, id) WHERE state = 0;
CREATE INDEX outbox_done ON outbox(created_micros) WHERE state = 1;

CREATE TABLE idempotency(
  scope text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  fingerprint bigint NOT NULL,
  created_micros bigint NOT NULL,
  answer text NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_created ON idempotency(created_micros);

CREATE TABLE ephemeral(
  kind text COLLATE "C" NOT NULL,
  key_hash bytea NOT NULL,
  owner text COLLATE "C" NOT NULL,
  value bytea NOT NULL,
  expires_micros bigint NOT NULL,
  PRIMARY KEY (kind, key_hash)
);
CREATE INDEX ephemeral_owner ON ephemeral(kind, owner);
CREATE INDEX ephemeral_expires ON ephemeral(expires_micros);

CREATE TABLE import_mark(
  source text COLLATE "C" PRIMARY KEY,
  position bigint NOT NULL,
  updated_micros bigint NOT NULL
);

DO $$
DECLARE
  partitions integer := current_setting('varde.partitions')::integer;
  parent text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['name', 'resource', 'content', 'history', 'index_token', 'index_string', 'index_reference',
      'index_uri', 'index_date', 'index_number', 'index_quantity', 'audit'] LOOP
    FOR remainder IN 0 .. partitions - 1 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
        parent || '_' || remainder, parent, partitions, remainder);
    END LOOP;
  END LOOP;
END $$;
