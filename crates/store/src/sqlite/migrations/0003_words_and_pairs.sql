-- Parts of composite parameters that stand within one element: a code, and with it a quantity (low, high, unit), another code, a reference
-- or a stretch (low, high).
CREATE TABLE index_pair(
  param INTEGER NOT NULL, value BLOB NOT NULL, patient INTEGER NOT NULL, low REAL NOT NULL, high REAL NOT NULL, rid INTEGER NOT NULL,
  second BLOB NOT NULL,
  PRIMARY KEY(param, value, patient, low, high, rid, second)
) WITHOUT ROWID;

-- What codes are called (folded displays), and with an empty text the units of UCUM that occur: once for each parameter, whoever has them.
CREATE TABLE index_word(
  param INTEGER NOT NULL, text TEXT NOT NULL, value BLOB NOT NULL,
  PRIMARY KEY(param, text, value)
) WITHOUT ROWID;
INSERT INTO index_word SELECT DISTINCT param, '', unit FROM index_quantity;
