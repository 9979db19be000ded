-- What of a resource's labels is kept for those few that are released to the citizen later, or that belong to a referral.
CREATE TABLE conditional(
  patient INTEGER NOT NULL,
  rid INTEGER NOT NULL,
  service INTEGER NOT NULL,
  item_label INTEGER NOT NULL,
  visible_micros INTEGER NOT NULL,
  referral TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (patient, rid)
) WITHOUT ROWID;
