package io.drover.runtime.sheets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.runtime.notice.MaybeDelivered;
import io.drover.runtime.notice.Undeliverable;
import io.drover.testing.Lab;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that are there once, over a real socket and with real tokens. */
class SheetsDoorTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> HEADER = List.of("Execution", "Department", "VMs");
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.with(0, List.of(), "--special-vms=off");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  @BeforeEach
  void nothingThere() {
    lab.world().noFaults();
    lab.world().emptySheet();
  }

  private static void deliver(String execution, String... departments) {
    ObjectNode payload = JSON.createObjectNode().put("keyColumns", 2);
    HEADER.forEach(payload.putArray("header")::add);
    payload.putArray("rows");
    for (String department : departments) {
      payload.withArray("rows").addArray().add(execution).add(department).add(12.5);
    }
    lab.bean(ProducerTemplate.class).sendBody("direct:sheets", payload.toString());
  }

  private static List<String> row(String... cells) {
    return List.of(cells);
  }

  @Test
  void putsTheHeaderOnceAndEachRowOnce() {
    deliver("e1", "finance", "sales");
    deliver("e1", "finance", "sales");
    deliver("e2", "finance");
    assertThat(lab.world().sheet())
        .containsExactly(
            HEADER,
            row("e1", "finance", "12.5"),
            row("e1", "sales", "12.5"),
            row("e2", "finance", "12.5"));
    assertThat(lab.world().appends()).as("nothing is sent when all is there").isEqualTo(2);
  }

  @Test
  void addsWhatIsMissingOfAnEarlierDelivery() {
    deliver("e1", "sales");
    deliver("e1", "finance", "sales", "it");
    assertThat(lab.world().sheet())
        .containsExactly(
            HEADER,
            row("e1", "sales", "12.5"),
            row("e1", "finance", "12.5"),
            row("e1", "it", "12.5"));
  }

  @Test
  void evaluatesNothing() {
    deliver("e1", "=IMPORTXML(\"http://x\")");
    assertThat(lab.world().sheet().get(1).get(1)).isEqualTo("=IMPORTXML(\"http://x\")");
  }

  @Test
  void goesOnWithANewTokenAndWithANewKey() {
    deliver("e1", "finance");
    lab.world().expireSheetsTokens();
    deliver("e2", "finance");
    lab.world().rotateSheetsKey();
    deliver("e3", "finance");
    assertThat(lab.world().sheet()).hasSize(4);
  }

  private static void fails(ThrowingCallable call, Class<?> type, String... words) {
    assertThatThrownBy(call)
        .isInstanceOf(CamelExecutionException.class)
        .cause()
        .isInstanceOf(type)
        .hasMessageContainingAll(words)
        .message()
        .doesNotContain("ya29", "PRIVATE", "Bearer");
  }

  @Test
  void saysWhatWentWrongAndWhetherItMayHaveBeenTaken() {
    lab.world().fault("away", "system", "sheets", "method", "GET");
    fails(() -> deliver("e1", "a"), IllegalStateException.class, "cannot be reached");
    lab.world().fault("status", "system", "sheets", "method", "GET", "status", 429);
    fails(() -> deliver("e1", "a"), IllegalStateException.class, "status 429");
    lab.world().fault("status", "system", "sheets", "path", ".*append", "status", 429);
    fails(() -> deliver("e1", "a"), IllegalStateException.class, "status 429");
    lab.world().fault("status", "system", "sheets", "path", ".*append", "status", 503);
    fails(() -> deliver("e1", "a"), MaybeDelivered.class, "status 503");
    lab.world().fault("answer-lost", "system", "sheets", "path", ".*append");
    fails(() -> deliver("e1", "a"), MaybeDelivered.class, "cannot be reached");
    assertThat(lab.world().sheet()).as("the last one was taken").hasSize(2);
    fails(
        () -> lab.bean(ProducerTemplate.class).sendBody("direct:sheets", "{\"keyColumns\":0}"),
        Undeliverable.class,
        "keyColumns: 0");
  }

  @Test
  void tellsTheOperatorWhatToDo() {
    for (List<String> each :
        List.of(
            List.of("--spreadsheet-shared=off", "status 403", "shared with the service account"),
            List.of("--spreadsheet=another", "status 404", "drover.notices.sheets.spreadsheet"))) {
      try (Lab other = Lab.with(0, List.of(), "--special-vms=off", each.get(0))) {
        assertThatThrownBy(
                () ->
                    other
                        .bean(ProducerTemplate.class)
                        .sendBody("direct:sheets", "{\"keyColumns\":1,\"rows\":[[\"a\"]]}"))
            .cause()
            .hasMessageContainingAll(each.get(1), each.get(2));
      }
    }
  }

  @Test
  void addsNoRowTwiceWhenTheAnswerIsLost() {
    int appends = 500;
    int lost = 0;
    for (int i = 0; i < appends; i++) {
      String execution = "run-" + i;
      String[] departments =
          Stream.of("finance", "sales", "it").limit(1 + i % 3).toArray(String[]::new);
      lab.world().fault("answer-lost", "system", "sheets", "path", ".*append");
      try {
        deliver(execution, departments);
      } catch (CamelExecutionException e) {
        lost++;
        deliver(execution, departments);
      }
    }
    List<List<String>> rows = lab.world().sheet();
    int expected = 0;
    List<List<String>> missing = new ArrayList<>();
    for (int i = 0; i < appends; i++) {
      for (String department : List.of("finance", "sales", "it").subList(0, 1 + i % 3)) {
        expected++;
        if (!rows.contains(row("run-" + i, department, "12.5"))) {
          missing.add(row("run-" + i, department));
        }
      }
    }
    int twice = rows.size() - new HashSet<>(rows).size();
    System.out.printf(
        "SHEETS MATRIX: appends %d, answers lost %d, rows %d, twice %d, missing %d%n",
        appends, lost, rows.size() - 1, twice, missing.size());
    assertThat(lost).isEqualTo(appends);
    assertThat(twice).isZero();
    assertThat(missing).isEmpty();
    assertThat(rows).hasSize(expected + 1);
  }
}
