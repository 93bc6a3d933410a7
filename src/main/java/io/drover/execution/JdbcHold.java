package io.drover.execution;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The switch as one row, read again when what is known of it is two seconds old. */
public final class JdbcHold implements Hold {
  private static final long STALE = Duration.ofSeconds(2).toNanos();

  private final JdbcClient jdbc;
  private final LedgerWriter writer;
  private final LedgerClock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean on;
  private volatile long readAt;

  JdbcHold(JdbcClient jdbc, LedgerWriter writer, LedgerClock clock) {
    this.jdbc = jdbc;
    this.writer = writer;
    this.clock = clock;
    this.on = current().on();
    this.readAt = System.nanoTime();
  }

  @Override
  public boolean isOn() {
    if (System.nanoTime() - readAt > STALE) {
      refresh();
    }
    return on;
  }

  /** Reads the row; tells the listeners when it changed. */
  void refresh() {
    boolean now = current().on();
    boolean changed;
    synchronized (this) {
      changed = on != now;
      on = now;
      readAt = System.nanoTime();
    }
    if (changed) {
      listeners.forEach(Runnable::run);
    }
  }

  @Override
  public Switch current() {
    return jdbc.sql("SELECT is_on, who, reason, since FROM hold_switch WHERE id = 1")
        .query(JdbcHold::position)
        .single();
  }

  private static Switch position(ResultSet row, int number) throws SQLException {
    return new Switch(
        row.getBoolean("is_on"),
        row.getString("who"),
        row.getString("reason"),
        Sql.instantOrNull(row, "since"));
  }

  @Override
  public void turn(boolean turnOn, String who, String reason) {
    Instant now = clock.now();
    writer.now(
        c -> {
          c.update(
              "UPDATE hold_switch SET is_on = ?, who = ?, reason = ?, since = ? WHERE id = 1",
              turnOn,
              Sql.cut(who, 200),
              Sql.cut(reason, 4_000),
              Sql.at(now));
          JdbcAudit.insert(c, now, who, turnOn ? "hold" : "release", "everything", reason, null);
          return null;
        });
    refresh();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
