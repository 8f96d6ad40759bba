-- The first version of the archive.
--
-- Times are INTEGER microseconds since 1970, UTC; lists are JSON in TEXT; digests and entry keys are BLOB.
-- "article" always holds articles.arrival, "source" always holds sources.id.
-- packed columns: codec (0 plain, 1 zstd), dictionary (dictionaries.id, 0 for none), data; see packing.py.
-- Never edit this file once it has been released: add the next number.

-- Single facts about the archive itself: its identity, the version of the search tokens.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO facts VALUES ('identity', lower(hex(randomblob(16))));

-- zstd dictionaries that packed columns may refer to. Rows are never changed.
CREATE TABLE dictionaries (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);

-- Sources as configured, and the state of polling them.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    ref TEXT NOT NULL,
    url TEXT NOT NULL,
    section TEXT NOT NULL,
    full_text TEXT NOT NULL,
    rights TEXT,                            -- NULL: excerpts only on a public site
    interval_s REAL,                        -- NULL: the frontier decides
    position INTEGER NOT NULL,              -- in the configuration
    active INTEGER NOT NULL DEFAULT 1,      -- 0: no longer configured
    next_due INTEGER,                       -- NULL: due at once
    held_until INTEGER,                     -- NULL: its host did not ask to wait
    gone INTEGER NOT NULL DEFAULT 0,        -- 1: the host said 410
    moved_url TEXT,                         -- NULL: at the configured URL
    etag TEXT,                              -- NULL: the server gave none
    last_modified TEXT,                     -- NULL: the server gave none
    body_digest BLOB,                       -- NULL: nothing was parsed yet
    feed_title TEXT NOT NULL DEFAULT '',
    feed_link TEXT,                         -- NULL: the feed does not say
    last_fetch INTEGER,                     -- NULL: never asked
    first_success INTEGER,                  -- NULL: never answered; what came with it is the backlog
    last_success INTEGER,                   -- NULL: never answered
    failing_since INTEGER,                  -- NULL: not failing
    failures INTEGER NOT NULL DEFAULT 0,
    error_kind TEXT,                        -- NULL: no error
    error TEXT,                             -- NULL: no error
    problems TEXT NOT NULL DEFAULT '[]',
    last_new INTEGER                        -- NULL: never brought an article
);

-- scheduled(): what is due, longest overdue first; reads only that, however many sources wait. A source that is due at
-- once counts as due since 1970.
CREATE INDEX sources_due ON sources (coalesce(next_due, 0)) WHERE active AND NOT gone;

-- What the last document that was read had in it; a row of its own, for it is rewritten only when the document changed.
CREATE TABLE windows (
    source INTEGER PRIMARY KEY,
    entries BLOB NOT NULL                   -- see rows.pack_window
);

-- Articles without their bodies. AUTOINCREMENT: a place in the order of arrival is never given twice.
CREATE TABLE articles (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source INTEGER NOT NULL,                -- the one that brought it first
    url TEXT,                               -- NULL: the entry has no link
    canonical TEXT,                         -- NULL: the entry has no link
    title TEXT NOT NULL,
    author TEXT,                            -- NULL: not given
    published INTEGER,                      -- NULL: not given
    updated INTEGER,                        -- NULL: not given
    first_seen INTEGER NOT NULL,
    changed_at INTEGER,                     -- NULL: its publisher never changed it
    tags TEXT NOT NULL,
    lead_image TEXT,                        -- NULL: it has none
    language TEXT,                          -- NULL: not known
    license TEXT,                           -- NULL: not given
    rights TEXT,                            -- NULL: not given
    summary TEXT NOT NULL,
    clean_digest BLOB NOT NULL,
    length_chars INTEGER NOT NULL,
    withdrawn_at INTEGER,                   -- NULL: not withdrawn
    shown TEXT NOT NULL,                    -- which body: 'feed' (feed_bodies) or 'page' (page_bodies)
    search_check INTEGER NOT NULL           -- of the tokens in `search`: see search.py
);

-- known_urls(), find()
CREATE INDEX articles_canonical ON articles (canonical) WHERE canonical IS NOT NULL;
-- list_articles(): newest first by date
CREATE INDEX articles_date ON articles (coalesce(published, first_seen));
-- sources(): articles in all and in the last days
CREATE INDEX articles_source ON articles (source, first_seen);

-- What the publisher's feed gave. Two tables and not one with a column `origin`: this way the key is the arrival, and
-- rows are only ever appended.
CREATE TABLE feed_bodies (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    codec INTEGER NOT NULL,
    dictionary INTEGER NOT NULL,
    data BLOB NOT NULL
);

-- What enrichment made of the web page.
CREATE TABLE page_bodies (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    codec INTEGER NOT NULL,
    dictionary INTEGER NOT NULL,
    data BLOB NOT NULL
);

-- Earlier states of articles that their publishers changed: what was shown until then.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    seen_at INTEGER NOT NULL,               -- when the change was seen
    changed TEXT NOT NULL,                  -- names of the fields
    url TEXT,                               -- this and the rest: as in articles before the change
    title TEXT NOT NULL,
    author TEXT,
    published INTEGER,
    updated INTEGER,
    tags TEXT NOT NULL,
    lead_image TEXT,
    language TEXT,
    license TEXT,
    rights TEXT,
    summary TEXT NOT NULL,
    clean_digest BLOB NOT NULL,
    codec INTEGER NOT NULL,
    dictionary INTEGER NOT NULL,
    data BLOB NOT NULL
);

-- revisions(); and an edit that is applied again finds that it was
CREATE UNIQUE INDEX revisions_article ON revisions (article, seen_at);

-- Which source carries which article under which entry key.
CREATE TABLE sightings (
    source INTEGER NOT NULL,
    entry_key BLOB NOT NULL,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    content_digest BLOB NOT NULL,
    first_seen INTEGER NOT NULL,
    url TEXT,                               -- NULL: the same as the article's
    title TEXT,                             -- NULL: the same as the article's
    PRIMARY KEY (source, entry_key)
) WITHOUT ROWID;

-- records(): every source of an article; also removes sightings with their article
CREATE INDEX sightings_article ON sightings (article);

-- The raw bytes that articles were made from.
CREATE TABLE captures (
    id INTEGER PRIMARY KEY,
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    source INTEGER NOT NULL,
    entry_key BLOB NOT NULL,                -- empty for a page
    kind TEXT NOT NULL,                     -- 'item' or 'page'
    taken_at INTEGER NOT NULL,
    url TEXT,                               -- NULL: the entry has no link
    codec INTEGER NOT NULL,
    dictionary INTEGER NOT NULL,
    data BLOB NOT NULL
);

-- capture(); and one that is applied again changes nothing
CREATE UNIQUE INDEX captures_article ON captures (article, taken_at, kind, source, entry_key);

-- Pages to fetch for articles; a row stays when it is done, so that applying the same changes again asks for nothing.
CREATE TABLE page_fetches (
    article INTEGER PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    source INTEGER NOT NULL,
    url TEXT NOT NULL,
    asked_at INTEGER NOT NULL,              -- of the fetch that asked for it
    attempts INTEGER NOT NULL,
    next_try INTEGER,                       -- NULL: done, or given up
    error TEXT                              -- NULL: never failed, or done
);

-- pending_pages(): what is due, oldest first
CREATE INDEX page_fetches_due ON page_fetches (next_try) WHERE next_try IS NOT NULL;

-- Original image URLs, and where their copies are in the media store.
CREATE TABLE media (
    id INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try INTEGER,                       -- NULL: stored, or given up
    error TEXT,                             -- NULL: never failed, or stored
    name TEXT,                              -- NULL, as the rest: not stored
    sha256 TEXT,
    mime TEXT,
    size_bytes INTEGER,
    width INTEGER,
    height INTEGER,
    changed_at INTEGER                      -- NULL: not fetched yet
);

-- pending_media(): what is due, oldest first
CREATE INDEX media_due ON media (next_try) WHERE next_try IS NOT NULL;
-- take_down(): whether another image has the same file
CREATE INDEX media_name ON media (name) WHERE name IS NOT NULL;

-- Which articles show which images. An image that an edit removed stays: the revision still shows it.
CREATE TABLE media_uses (
    article INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    media INTEGER NOT NULL,
    PRIMARY KEY (article, media)
) WITHOUT ROWID;

-- apply_media(): the articles to publish anew
CREATE INDEX media_uses_media ON media_uses (media);

-- Entries that were taken down and must not come back.
CREATE TABLE tombstones (
    digest BLOB PRIMARY KEY,
    buried_at INTEGER NOT NULL
) WITHOUT ROWID;

-- One row a fetch of a source.
CREATE TABLE fetch_log (
    id INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,                         -- NULL: no answer
    outcome TEXT NOT NULL,
    error_kind TEXT,                        -- NULL: no error
    wire_bytes INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    entries INTEGER NOT NULL,
    new INTEGER NOT NULL,
    changed INTEGER NOT NULL
);

-- fetch_log() of one source; and a line that is applied again changes nothing
CREATE UNIQUE INDEX fetch_log_source ON fetch_log (source, at);

-- Editions. One that is no longer configured keeps its pages and places, for its folder is still there.
CREATE TABLE editions (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    active INTEGER NOT NULL DEFAULT 1       -- 0: has no outbox
);

-- Articles to publish anew, or to remove. By id, not by arrival: a removed article has none.
CREATE TABLE outbox (
    edition INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (edition, article_id)
) WITHOUT ROWID;

-- What an edition remembers by name.
CREATE TABLE edition_values (
    edition INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (edition, key)
) WITHOUT ROWID;

-- Files that an edition wrote, or was about to write.
CREATE TABLE pages (
    edition INTEGER NOT NULL,
    path TEXT NOT NULL,
    digest BLOB NOT NULL,                   -- empty: planned; what the file holds is not known
    article_id TEXT,                        -- NULL: no article's own page
    PRIMARY KEY (edition, path)
) WITHOUT ROWID;

-- pages_of(), all_dirty()
CREATE INDEX pages_article ON pages (edition, article_id) WHERE article_id IS NOT NULL;

-- Lists that articles stand in. A list without members stays: its positions are never given again.
CREATE TABLE lists (
    id INTEGER PRIMARY KEY,
    edition INTEGER NOT NULL,
    name TEXT NOT NULL,
    positions INTEGER NOT NULL DEFAULT 0,   -- used so far, holes included
    members INTEGER NOT NULL DEFAULT 0,
    UNIQUE (edition, name)
);

-- members(), newest()
CREATE TABLE places (
    list INTEGER NOT NULL,
    position INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (list, position)
) WITHOUT ROWID;

-- places_of(); an article stands in a list once
CREATE UNIQUE INDEX places_article ON places (article_id, list);

-- The words of titles and shown bodies, prepared by tokens.index_text; rowid is articles.arrival. Without the content:
-- the bodies have it. The extra characters are the CJK radicals, which unicode61 alone takes for symbols.
CREATE VIRTUAL TABLE search USING fts5 (
    title,
    body,
    content = '',
    tokenize = "unicode61 remove_diacritics 2 tokenchars '⺀⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳'"
);

-- Fewer, larger merges, and a batch of a thousand articles in some segments and not in twenty; a hash larger than this
-- costs memory and gains nothing.
INSERT INTO search (search, rank) VALUES ('automerge', 8);
INSERT INTO search (search, rank) VALUES ('hashsize', 4194304);
-- A word in a title says more about an article than one in its text.
INSERT INTO search (search, rank) VALUES ('rank', 'bm25(5.0, 1.0)');
