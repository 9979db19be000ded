-- Dates, numbers and quantities of data that belong to nobody (free times, above all) by resource. The tables' own keys lead with the
-- patient, which keeps a citizen's values together and all of nobody's in one long range; a search that has found its resources
-- by something else asks here about each.
CREATE INDEX index_date_nobody ON index_date(rid, param, low, high) WHERE patient = 0;
CREATE INDEX index_number_nobody ON index_number(rid, param, low, high) WHERE patient = 0;
CREATE INDEX index_quantity_nobody ON index_quantity(rid, param, low, high) WHERE patient = 0;

-- A page of a citizen's resources is decided upon in this index alone; the bodies may be in memory.
DROP INDEX resource_patient;
CREATE INDEX resource_patient ON resource(patient, type, rid, deleted, service, item_label, version);
