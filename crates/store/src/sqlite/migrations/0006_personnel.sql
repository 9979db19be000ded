-- Entries of the log about health personnel have a form of their own from now on, which older builds cannot read (decision 12). No table changes.
SELECT 1;
