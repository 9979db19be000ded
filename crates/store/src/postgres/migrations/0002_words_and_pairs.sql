-- Parts of composite parameters that stand within one element: a code, and with it a quantity (low, high, unit), another code, a reference
-- or a stretch (low, high).
CREATE TABLE index_pair(
  param integer NOT NULL, patient bigint NOT NULL, rid bigint NOT NULL, value bytea NOT NULL,
  low double precision NOT NULL, high double precision NOT NULL, second bytea NOT NULL,
  PRIMARY KEY (param, value, patient, low, high, rid, second)
) PARTITION BY HASH (patient);

DO $$
DECLARE
  -- As many as the other tables of the index have.
  partitions integer := (SELECT count(*) FROM pg_inherits WHERE inhparent = 'index_token'::regclass);
BEGIN
  FOR remainder IN 0 .. partitions - 1 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF index_pair FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
      'index_pair_' || remainder, partitions, remainder);
  END LOOP;
END $$;

-- What codes are called (folded displays), and with an empty text the units of UCUM that occur: once for each parameter, whoever has them.
CREATE TABLE index_word(
  param integer NOT NULL, text text COLLATE "C" NOT NULL, value bytea NOT NULL,
  PRIMARY KEY (param, text, value)
);
INSERT INTO index_word SELECT DISTINCT param, '', unit FROM index_quantity;
