-- What of a resource's labels is kept for those few that are released to the citizen later, or that belong to a referral.
CREATE TABLE conditional(
  patient bigint NOT NULL,
  rid bigint NOT NULL,
  service smallint NOT NULL,
  item_label smallint NOT NULL,
  visible_micros bigint NOT NULL,
  referral text NOT NULL,
  checksum integer NOT NULL,
  PRIMARY KEY (patient, rid)
);
