package io.drover.runtime.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.execution.Journal;
import io.drover.execution.Outbox;
import io.drover.execution.OutboxMessage;
import io.drover.testing.Lab;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final String PAGE =
      "{\"event_action\":\"trigger\",\"dedup_key\":\"%s\",\"payload\":{\"summary\":\"s\","
          + "\"source\":\"drover\",\"severity\":\"critical\"}}";

  private static OutboxMessage slack(String text) {
    return new OutboxMessage("slack", text, "{\"text\":\"" + text + "\"}", null);
  }

  @Test
  void noPageWaitsBehindAChatThatDoesNotAnswer() {
    try (Lab lab = Lab.with(0, java.util.List.of(), "--special-vms=off")) {
      Journal journal = lab.bean(Journal.class);
      String held = lab.world().fault("hold", "system", "slack");
      for (int i = 0; i < 120; i++) {
        journal.outbox(slack("message " + i)).join();
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> lab.world().faultsLeft() == 0); // the first message hangs
      journal.outbox(new OutboxMessage("pager", "page-1", PAGE.formatted("page-1"), null)).join();
      await().atMost(Duration.ofSeconds(20)).until(() -> lab.paged().contains("page-1"));
      assertThat(lab.world().messages()).isEmpty();
      lab.world().release(held);
      await().atMost(Duration.ofSeconds(60)).until(() -> lab.bean(Outbox.class).waiting() == 0);
      assertThat(lab.world().messages()).hasSize(120);
    }
  }
}
