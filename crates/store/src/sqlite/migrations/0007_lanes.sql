-- Messages of a subject are in order within a lane; what a person is told is kept apart in time.
ALTER TABLE outbox ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN apart_micros INTEGER NOT NULL DEFAULT 0;
DROP INDEX outbox_subject;
CREATE INDEX outbox_subject ON outbox(subject, lane, id) WHERE state = 0;
CREATE INDEX outbox_told ON outbox(subject, lane, next_attempt_micros) WHERE state = 1 AND lane > 0;
CREATE INDEX outbox_undelivered ON outbox(id) WHERE state = 2 AND lane > 0;
