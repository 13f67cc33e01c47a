-- Two tables cannot exchange their names in one statement.

ALTER TABLE search RENAME TO lifted_search;
ALTER TABLE former_search RENAME TO search;
ALTER TABLE lifted_search RENAME TO former_search;

ALTER TABLE document RENAME TO lifted_document;
ALTER TABLE former_document RENAME TO document;
ALTER TABLE lifted_document RENAME TO former_document;
