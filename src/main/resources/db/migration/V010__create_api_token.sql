-- Tokens with which programs call the API. Only the SHA-256 of a token is kept: it is 32 random bytes, so nothing slower is
-- needed.
CREATE TABLE api_token (
  id         VARCHAR(26) NOT NULL PRIMARY KEY,
  hash       VARCHAR(64) NOT NULL UNIQUE,
  name       VARCHAR(200) NOT NULL,
  owner      VARCHAR(200) NOT NULL,
  role       VARCHAR(20) NOT NULL,
  created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  revoked_at TIMESTAMP(6) WITH TIME ZONE
);
CREATE INDEX api_token_owner ON api_token (owner);
