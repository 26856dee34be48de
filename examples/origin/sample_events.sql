-- Something for GET /list_events to list. Not a migration, so that it does not end up in a production database.
INSERT INTO events (id, title, place, starts) VALUES
  ('sample-1', 'City Half Marathon', 'Riverside Park', 1790400600),
  ('sample-2', 'Night Trail 12K',    'North Forest',   1792260000),
  ('sample-3', 'New Year 5K',        'Old Harbour',    1798797600)
ON CONFLICT (id) DO NOTHING;
