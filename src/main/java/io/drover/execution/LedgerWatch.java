package io.drover.execution;

import java.sql.SQLException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what is known of the ledger fresh: its time, and the hold that another process turned. */
final class LedgerWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerWatch.class);

  private final ScheduledThreadPoolExecutor timer;

  LedgerWatch(DatabaseClock clock, JdbcHold hold, boolean shared) {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "ledger-watch");
              thread.setDaemon(true);
              return thread;
            });
    every(10, clock::adjust);
    if (shared) {
      every(1, hold::refresh);
    }
  }

  private void every(int seconds, Look look) {
    timer.scheduleWithFixedDelay(
        () -> {
          try {
            look.look();
          } catch (SQLException | RuntimeException e) {
            LOG.warn("The ledger was not read ({}); tried again in {} s", e.getMessage(), seconds);
          }
        },
        seconds,
        seconds,
        TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  private interface Look {
    void look() throws SQLException;
  }
}
