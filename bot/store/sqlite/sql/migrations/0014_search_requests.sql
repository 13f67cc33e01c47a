-- Each member's newest search requests are kept, so that nobody can make the buttons of others forgotten.

CREATE INDEX search_request_member ON search_request (user_id, id);
