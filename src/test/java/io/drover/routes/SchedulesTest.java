package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.execution.Execution;
import io.drover.execution.Occurrences;
import io.drover.execution.Occurrences.Occurrence;
import io.drover.execution.Outcome;
import io.drover.execution.Trigger;
import io.drover.testing.Lab;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchedulesTest {

  @Test
  void aWindowStartsByTheClockOnceForEachFireTimeInItsOwnersName() {
    try (Lab lab =
        Lab.with(
            2,
            List.of(
                "drover.schedules.patch-window.enabled=true",
                "drover.schedules.patch-window.cron=0/2 * * * * ?",
                "drover.schedules.patch-window.time-zone=Europe/Berlin",
                "drover.schedules.patch-window.owner=night-shift",
                "drover.schedules.patch-window.inputs={\"system\":\"prod\",\"command\":\"both\","
                    + "\"vms\":[\"web-1\"]}"))) {
      Occurrences occurrences = lab.bean(Occurrences.class);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  occurrences.list("patch-window", 100).stream()
                          .filter(o -> o.state() == Occurrences.State.STARTED)
                          .count()
                      >= 2);
      List<Occurrence> all = occurrences.list("patch-window", 100);
      assertThat(all.stream().map(Occurrence::fireTime)).doesNotHaveDuplicates();
      // One that would overlap with its predecessor is skipped, and says so.
      assertThat(all).noneMatch(o -> o.state() == Occurrences.State.MISSED);
      Occurrence first = all.get(all.size() - 1);
      Execution window = lab.end(String.valueOf(first.execution()));
      assertThat(window.requester()).isEqualTo("night-shift");
      assertThat(window.trigger().kind()).isEqualTo(Trigger.Kind.SCHEDULE);
      assertThat(window.outcome()).as(lab.story(window.id())).isEqualTo(Outcome.SUCCEEDED);
    }
  }
}
