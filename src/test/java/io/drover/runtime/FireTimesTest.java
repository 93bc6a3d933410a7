package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

class FireTimesTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void firesAtTheNextValidInstantWhenTheClockSkipsTheTime() {
    FireTimes times = new FireTimes("0 30 2 * * ?", BERLIN);
    assertThat(
            times.between(
                Instant.parse("2026-03-28T00:00:00Z"), Instant.parse("2026-03-31T00:00:00Z")))
        .containsExactly(
            Instant.parse("2026-03-28T01:30:00Z"),
            Instant.parse("2026-03-29T01:00:00Z"), // 02:30 does not exist: 03:00 summer time
            Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void firesOnceWhenTheTimeComesTwice() {
    FireTimes times = new FireTimes("0 30 2 * * ?", BERLIN);
    assertThat(
            times.between(
                Instant.parse("2026-10-24T12:00:00Z"), Instant.parse("2026-10-25T12:00:00Z")))
        .containsExactly(Instant.parse("2026-10-25T00:30:00Z"));
    assertThat(times.isFireTime(Instant.parse("2026-10-25T00:30:00Z"))).isTrue();
    assertThat(times.isFireTime(Instant.parse("2026-10-25T01:30:00Z"))).isFalse();
  }

  @Test
  void saysWhatIsWrongWithAnExpression() {
    assertThatThrownBy(() -> new FireTimes("every night", BERLIN))
        .hasMessageContaining("cron: every night (expected: a Quartz cron expression");
  }
}
