-- The Merkle tree over the log (decision 10). It follows the chain; a log that is older than this is taken in from its first entry.
CREATE TABLE audit_tile(
  level smallint NOT NULL, number bigint NOT NULL, hashes bytea NOT NULL,
  PRIMARY KEY (level, number)
);
ALTER TABLE audit_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
-- Entries the tiles hold.
ALTER TABLE audit_head ADD COLUMN tree bigint NOT NULL DEFAULT 0;

-- Every signed head, and every public key one was signed with.
CREATE TABLE audit_checkpoint(
  number bigint PRIMARY KEY,
  size bigint NOT NULL UNIQUE,
  note text COLLATE "C" NOT NULL
);
CREATE TABLE audit_key(
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE
);
