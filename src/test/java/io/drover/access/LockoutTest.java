package io.drover.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LockoutTest {
  private final AtomicLong now = new AtomicLong(-7);
  private final Lockout lockout = new Lockout(now::get);

  @Test
  void looksNoMoreAfterTenWrongOnesUntilFiveMinutesAreOver() {
    for (int i = 0; i < 9; i++) {
      lockout.failed("user eve");
    }
    assertThat(lockout.secondsLeft("user eve")).isZero();
    lockout.failed("user eve");
    assertThat(lockout.secondsLeft("user eve")).isBetween(299L, 300L);
    assertThat(lockout.secondsLeft("user olga")).isZero();
    now.addAndGet(Duration.ofMinutes(5).toNanos());
    assertThat(lockout.secondsLeft("user eve")).isZero();
  }

  @Test
  void forgetsWrongOnesAfterARightOne() {
    for (int i = 0; i < 9; i++) {
      lockout.failed("user olga");
    }
    lockout.succeeded("user olga");
    lockout.failed("user olga");
    assertThat(lockout.secondsLeft("user olga")).isZero();
  }
}
