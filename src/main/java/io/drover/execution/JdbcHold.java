package io.drover.execution;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The switch as one row, read at most every two seconds. */
public final class JdbcHold implements Hold {
  private static final long STALE = Duration.ofSeconds(2).toNanos();

  private final JdbcClient jdbc;
  private final LedgerClock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean on;
  private volatile long readAt;

  public JdbcHold(JdbcClient jdbc, LedgerClock clock) {
    this.jdbc = jdbc;
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

  /** Reads the row and tells the listeners if another process turned the switch. */
  public void refresh() {
    boolean before = on;
    on = current().on();
    readAt = System.nanoTime();
    if (before != on) {
      listeners.forEach(Runnable::run);
    }
  }

  @Override
  public Switch current() {
    return jdbc.sql("SELECT is_on, who, reason, since FROM hold_switch WHERE id = 1")
        .query(
            (row, n) ->
                new Switch(
                    row.getBoolean("is_on"),
                    row.getString("who"),
                    row.getString("reason"),
                    Sql.instantOrNull(row, "since")))
        .single();
  }

  @Override
  public void turn(boolean turnOn, String who, String reason) {
    jdbc.sql("UPDATE hold_switch SET is_on = ?, who = ?, reason = ?, since = ? WHERE id = 1")
        .param(turnOn)
        .param(who)
        .param(Sql.cut(reason, 4000))
        .param(Sql.at(clock.now()))
        .update();
    refresh();
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
