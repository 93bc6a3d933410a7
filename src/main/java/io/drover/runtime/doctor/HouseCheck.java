package io.drover.runtime.doctor;

import io.drover.execution.Hold;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Drover's own: the ledger, the disk, what waits to be told, the switch. */
final class HouseCheck {
  private static final long LITTLE = 1L << 30;
  private static final long TOO_LITTLE = 100L << 20;
  private static final int TRIES = 3;
  private static final Duration CLOCKS = Duration.ofSeconds(5);

  private final LedgerClock clock;
  private final Hold hold;
  private final Outbox outbox;
  private final Path data;

  HouseCheck(LedgerClock clock, Hold hold, Outbox outbox, Path data) {
    this.clock = clock;
    this.hold = hold;
    this.outbox = outbox;
    this.data = data;
  }

  List<SystemCheck> all() {
    return List.of(
        new Named("ledger", this::ledger),
        new Named("outbox", this::outbox),
        new Named("hold", this::hold));
  }

  private void ledger(Report report) throws IOException {
    Duration off = Duration.between(Instant.now(), clock.now());
    report.ok("reachable", "it can be read");
    if (off.abs().compareTo(CLOCKS) > 0) {
      report.warn("clock", off.toSeconds() + " s from this machine's; look at NTP on both sides");
    } else {
      report.ok("clock", "as this machine's");
    }
    if (!Files.isDirectory(data)) {
      return; // a ledger elsewhere needs none
    }
    long free = Files.getFileStore(data).getUsableSpace();
    String text = (free >> 20) + " MiB free under " + data;
    if (free < TOO_LITTLE) {
      report.fail("disk", text + " (expected: 100 MiB or more)");
    } else if (free < LITTLE) {
      report.warn("disk", text);
    } else {
      report.ok("disk", text);
    }
  }

  /** A message or two are always on their way; those that were tried again and again are not. */
  private void outbox(Report report) {
    Instant later = clock.now().plus(Duration.ofDays(1));
    boolean stuck = false;
    for (String channel : outbox.channels(later)) {
      for (Outbox.Pending oldest : outbox.due(channel, later, 1)) {
        if (oldest.attempts() >= TRIES) {
          stuck = true;
          report.warn(
              channel, oldest.attempts() + " tries so far, waits since " + oldest.createdAt());
        }
      }
    }
    if (!stuck) {
      report.ok("delivery", outbox.waiting() + " messages wait, none for long");
    }
  }

  private void hold(Report report) {
    Hold.Switch state = hold.current();
    if (state.on()) {
      report.warn("off", "on since " + state.since() + ": " + state.reason());
    } else {
      report.ok("off", "new mutations may begin");
    }
  }
}
