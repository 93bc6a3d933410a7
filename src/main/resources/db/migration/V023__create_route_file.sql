-- What stood in the folder of route files and was loaded: the way back to an earlier text.
CREATE TABLE route_file (
  name      VARCHAR     NOT NULL,
  version   VARCHAR(64) NOT NULL,
  text      TEXT        NOT NULL,
  schemas   TEXT        NOT NULL,
  loaded_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (name, version)
);
