-- Entries of the log about health personnel have a form of their own from now on (decision 12). No table changes.
SELECT 1;
