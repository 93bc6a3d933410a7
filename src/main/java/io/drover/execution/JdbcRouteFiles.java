package io.drover.execution;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Loaded route files as rows. */
public final class JdbcRouteFiles implements RouteFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};
  private static final String SELECT =
      "SELECT name, version, text, schemas, loaded_at FROM route_file ";

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;

  JdbcRouteFiles(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
  }

  @Override
  public void loaded(String name, String version, String text, Map<String, String> schemas) {
    Instant now = clock.now();
    String written = json(schemas);
    writer.now(
        c -> {
          c.update(
              "INSERT INTO route_file (name, version, text, schemas, loaded_at)"
                  + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
              name,
              version,
              text,
              written,
              Sql.at(now));
          return c.update(
              "UPDATE route_file SET loaded_at = ? WHERE name = ? AND version = ?",
              Sql.at(now),
              name,
              version);
        });
  }

  @Override
  public List<Stored> history(String name) {
    return jdbc.sql(SELECT + "WHERE name = ? ORDER BY loaded_at DESC, version")
        .param(name)
        .query(JdbcRouteFiles::stored)
        .list();
  }

  @Override
  public Optional<Stored> find(String name, String version) {
    return jdbc.sql(SELECT + "WHERE name = ? AND version = ?")
        .param(name)
        .param(version)
        .query(JdbcRouteFiles::stored)
        .optional();
  }

  private static String json(Map<String, String> schemas) {
    try {
      return JSON.writeValueAsString(schemas);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts are always written as JSON", e);
    }
  }

  private static Stored stored(ResultSet row, int number) throws SQLException {
    try {
      return new Stored(
          row.getString("name"),
          row.getString("version"),
          row.getString("text"),
          JSON.readValue(row.getString("schemas"), TEXTS),
          Sql.instant(row, "loaded_at"));
    } catch (JsonProcessingException e) {
      throw new SQLException("The schemas of a route file are no JSON", e);
    }
  }
}
