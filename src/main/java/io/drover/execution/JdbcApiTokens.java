package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** API tokens as rows. */
public final class JdbcApiTokens implements ApiTokens {
  private static final String SELECT =
      "SELECT id, name, owner, role, created_at, expires_at FROM api_token"
          + " WHERE revoked_at IS NULL ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcApiTokens(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void add(ApiToken token, String hash) {
    writer.now(
        c -> {
          c.update(
              "INSERT INTO api_token (id, hash, name, owner, role, created_at, expires_at)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)",
              token.id(),
              hash,
              Sql.cut(token.name(), 200),
              Sql.cut(token.owner(), 200),
              token.role(),
              Sql.at(token.createdAt()),
              Sql.at(token.expiresAt()));
          JdbcAudit.insert(
              c, token.createdAt(), token.owner(), "create-token", token.id(), token.name(), null);
          return null;
        });
  }

  @Override
  public Optional<ApiToken> find(String hash) {
    return jdbc.sql(SELECT + "AND hash = ?").param(hash).query(JdbcApiTokens::token).optional();
  }

  @Override
  public List<ApiToken> list(@Nullable String owner) {
    return owner == null
        ? jdbc.sql(SELECT + "ORDER BY id DESC").query(JdbcApiTokens::token).list()
        : jdbc.sql(SELECT + "AND owner = ? ORDER BY id DESC")
            .param(Sql.clean(owner))
            .query(JdbcApiTokens::token)
            .list();
  }

  @Override
  public boolean revoke(String id, String who) {
    Instant now = clock.now();
    return Boolean.TRUE.equals(
        writer.now(
            c -> {
              boolean gone =
                  c.update(
                          "UPDATE api_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                          Sql.at(now),
                          Sql.clean(id))
                      == 1;
              if (gone) {
                JdbcAudit.insert(c, now, who, "revoke-token", id, null, null);
              }
              return gone;
            }));
  }

  private static ApiToken token(ResultSet row, int number) throws SQLException {
    return new ApiToken(
        row.getString("id"),
        row.getString("name"),
        row.getString("owner"),
        row.getString("role"),
        Sql.instant(row, "created_at"),
        Sql.instant(row, "expires_at"));
  }
}
