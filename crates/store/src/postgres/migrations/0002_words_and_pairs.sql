-- As SQLite's 0003: parts of composite parameters that stand within one element, and what codes are called. An older build that writes
-- beside this one leaves them out of what it writes, so `oldest` of this step is its own number.
CREATE TABLE index_pair(
  param integer NOT NULL, patient bigint NOT NULL, rid bigint NOT NULL, value bytea NOT NULL,
  low double precision NOT NULL, high double precision NOT NULL, second bytea NOT NULL,
  PRIMARY KEY (param, value, patient, low, high, rid, second)
) PARTITION BY HASH (patient);

DO $$
DECLARE
  -- As many as the other tables have.
  partitions integer := (SELECT count(*) FROM pg_inherits WHERE inhparent = 'resource'::regclass);
BEGIN
  FOR remainder IN 0 .. partitions - 1 LOOP
    EXECUTE format('CREATE TABLE %I PARTITION OF index_pair FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
      'index_pair_' || remainder, partitions, remainder);
  END LOOP;
END $$;

-- Once for each parameter, whoever has them; with an empty text, the units of UCUM that occur.
CREATE TABLE index_word(
  param integer NOT NULL, text text COLLATE "C" NOT NULL, value bytea NOT NULL,
  PRIMARY KEY (param, text, value)
);
INSERT INTO index_word SELECT DISTINCT param, '', unit FROM index_quantity;
