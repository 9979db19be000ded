-- The Merkle tree over the log (decision 10). It follows the log as the index by patient does; a log that is older than this is taken in from its
-- first entry.
CREATE TABLE audit_tile(
  level INTEGER NOT NULL, number INTEGER NOT NULL, hashes BLOB NOT NULL,
  PRIMARY KEY(level, number)
);
-- Entries the tiles hold.
ALTER TABLE audit_head ADD COLUMN tree INTEGER NOT NULL DEFAULT 0;

-- Every signed head, and every public key one was signed with.
CREATE TABLE audit_checkpoint(
  number INTEGER PRIMARY KEY,
  size INTEGER NOT NULL UNIQUE,
  note TEXT NOT NULL
);
CREATE TABLE audit_key(
  number INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
);
