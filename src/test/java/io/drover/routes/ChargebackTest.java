package io.drover.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.execution.Artifacts;
import io.drover.execution.Execution;
import io.drover.execution.Outcome;
import io.drover.testing.Lab;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dhatim.fastexcel.reader.Cell;
import org.dhatim.fastexcel.reader.ReadableWorkbook;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The weekly report, against an estate whose sums are worked out here by hand. */
class ChargebackTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long GIB = 1L << 30;

  private static Lab lab;

  @BeforeAll
  static void start() {
    lab =
        Lab.with(
            0,
            List.of(
                "drover.chargeback.rates[0].from=2026-01-01",
                "drover.chargeback.rates[0].currency=EUR",
                "drover.chargeback.rates[0].vcpu=10.00",
                "drover.chargeback.rates[0].memory-gib=2.50",
                "drover.chargeback.rates[0].storage-gib=0.10",
                "drover.chargeback.rates[0].off-share=0.5",
                "drover.chargeback.rates[1].from=2999-01-01",
                "drover.chargeback.rates[1].currency=USD",
                "drover.chargeback.rates[1].vcpu=99",
                "drover.chargeback.rates[1].memory-gib=99",
                "drover.chargeback.rates[1].storage-gib=99",
                "drover.chargeback.retry-pause=50",
                "drover.systems.prism.prod.calls.attempts=2"),
            "--special-vms=off");
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  @BeforeEach
  void emptyTheWorld() {
    lab.world().noFaults();
    lab.world().emptySheet();
    lab.world().vms().forEach(vm -> lab.world().change(vm.extId(), "delete", true));
  }

  private static String vm(
      String name, String labels, boolean on, List<Integer> cpu, long memory, List<Long> disks) {
    String extId = lab.world().create(name, "apt");
    lab.world()
        .change(
            extId,
            "sockets",
            cpu.get(0),
            "coresPerSocket",
            cpu.get(1),
            "threadsPerCore",
            cpu.get(2),
            "memoryBytes",
            memory,
            "diskBytes",
            disks,
            "power",
            on ? "ON" : "OFF");
    String[] keys = {"Department", "Owner", "Environment"};
    String[] values = labels.split("/", -1);
    for (int i = 0; i < keys.length; i++) {
      if (!values[i].isEmpty()) {
        lab.world().change(extId, "category", Map.of("key", keys[i], "value", values[i]));
      }
    }
    return extId;
  }

  private static void estate() {
    vm("web-a", "finance/alice/Production", true, List.of(2, 2, 1), 8 * GIB, List.of(40 * GIB));
    vm(
        "db-a",
        "finance/alice/Production",
        true,
        List.of(4, 2, 2),
        64 * GIB,
        List.of(100 * GIB, 501 * GIB / 2));
    vm("old-a", "finance/bob/Test", false, List.of(1, 1, 0), 3 * GIB / 2, List.of(20 * GIB));
    String app =
        vm(
            "app-b",
            "sales/carol/Production",
            true,
            List.of(3, 1, 1),
            4 * GIB + 1,
            List.of(10 * GIB));
    lab.world().change(app, "volumeGroup", true);
    vm("lost", "sales//Production", true, List.of(1, 1, 1), 2 * GIB, List.of(5 * GIB));
    String orphan = vm("orphan", "//", false, List.of(2, 1, 1), 4 * GIB, List.of(8 * GIB));
    lab.world().change(orphan, "owner", "11111111-2222-3333-4444-555555555555");
  }

  private static ObjectNode inputs() {
    return JSON.createObjectNode().put("system", "prod");
  }

  private static byte[] artifact(Execution execution, String name) {
    try (InputStream in = lab.bean(Artifacts.class).open(execution.id(), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Execution execution, String name) {
    return new String(artifact(execution, name), StandardCharsets.UTF_8);
  }

  private static List<String> messages(Execution execution) {
    return lab.world().messages().stream()
        .map(message -> message.path("body").asText())
        .filter(message -> message.contains(execution.id()))
        .toList();
  }

  private static Execution succeeded() {
    Execution execution = lab.run("chargeback", inputs());
    assertThat(execution.outcome()).as(lab.story(execution.id())).isEqualTo(Outcome.SUCCEEDED);
    return execution;
  }

  @Test
  void tellsWhatAHandWouldWorkOut() throws IOException {
    estate();
    Execution execution = succeeded();
    // 419.05 = 20 × 10 + 72 × 2.50 + 390.5 × 0.10; off: half of vCPU and memory, 8.875 up to 8.88.
    assertThat(text(execution, "chargeback.csv").lines())
        .containsExactly(
            "Department,Owner,Environment,VMs on,VMs off,vCPU on,vCPU off,Memory GiB on,"
                + "Memory GiB off,Storage GiB,Cost a month,Currency",
            "(none),(none),(none),0,1,0,2,0.00,4.00,8.00,15.80,EUR",
            "finance,alice,Production,2,0,20,0,72.00,0.00,390.50,419.05,EUR",
            "finance,bob,Test,0,1,0,1,0.00,1.50,20.00,8.88,EUR",
            "sales,(none),Production,1,0,1,0,2.00,0.00,5.00,15.50,EUR",
            "sales,carol,Production,1,0,3,0,4.00,0.00,10.00,41.00,EUR");
    assertThat(text(execution, "without-owner.csv").lines())
        .hasSize(3)
        .anyMatch(line -> line.startsWith("lost,") && line.endsWith(",cluster-a,,"))
        .anyMatch(
            line ->
                line.startsWith("orphan,")
                    && line.endsWith(",cluster-a,11111111-2222-3333-4444-555555555555,"));
    JsonNode figures = figures(execution);
    assertThat(figures.path("vms").asInt()).isEqualTo(6);
    assertThat(figures.path("vcpus").asInt()).isEqualTo(27);
    assertThat(figures.path("memoryGib").asText()).isEqualTo("83.50");
    assertThat(figures.path("storageGib").asText()).isEqualTo("433.50");
    assertThat(figures.path("cost").asText()).isEqualTo("500.23");
    assertThat(figures.path("sure").asBoolean()).isTrue();
    assertThat(execution.reason())
        .isEqualTo("6 VMs of 3 departments, 500.23 EUR a month; 2 without an owner");
    assertThat(cells(execution, "Departments"))
        .contains(
            List.of("finance", "2", "1", "20", "1", "72.00", "1.50", "410.50", "427.93", "EUR"),
            List.of("All", "4", "2", "24", "3", "78.00", "5.50", "433.50", "500.23", "EUR"));
    String page = text(execution, "chargeback.html");
    assertThat(page).contains("<td>finance</td>", ">427.93<", ">500.23<", "without an owner: 2");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(messages(execution))
                    .hasSize(2)
                    .anySatisfy(
                        message ->
                            assertThat(message)
                                .contains("Chargeback of prod")
                                .contains("finance                             3           21"))
                    .anySatisfy(
                        message ->
                            assertThat(message)
                                .contains("2 VMs of prod without an owner")
                                .contains("lost  cluster cluster-a, made by nobody known")));
  }

  /** Its rows of the spreadsheet. */
  private static List<List<String>> rows(Execution execution) {
    return lab.world().sheet().stream().filter(row -> row.get(0).equals(execution.id())).toList();
  }

  private static JsonNode figures(Execution execution) {
    return lab.json(String.valueOf(execution.result()));
  }

  private static List<List<String>> cells(Execution execution, String sheet) throws IOException {
    try (ReadableWorkbook book =
        new ReadableWorkbook(new ByteArrayInputStream(artifact(execution, "chargeback.xlsx")))) {
      List<List<String>> rows = new ArrayList<>();
      book.findSheet(sheet)
          .orElseThrow()
          .openStream()
          .forEach(
              row -> {
                List<String> cells = new ArrayList<>();
                for (Cell cell : row) {
                  cells.add(cell == null ? "" : cell.getRawValue());
                }
                rows.add(cells);
              });
      return rows;
    }
  }

  @Test
  void takesNoNameForAFormulaOrForMarkup() throws IOException {
    String[] hostile = {
      "=HYPERLINK(\"http://x\")", "+1", "-2+3", "@SUM(A1)", "\tx", "<img src=x onerror=alert(1)>"
    };
    for (String name : hostile) {
      vm(name, name + "//", true, List.of(1, 1, 1), GIB, List.of(GIB));
    }
    vm("</script><!channel>```", "&lt;'\"//", true, List.of(1, 1, 1), GIB, List.of(GIB));
    Execution execution = succeeded();
    for (String file : List.of("chargeback.csv", "without-owner.csv")) {
      assertThat(text(execution, file)).doesNotContainPattern("(?m)(^|,)\"?[=+\\-@\\t]");
    }
    for (String sheet : List.of("Departments", "Lines", "Trend", "Without owner")) {
      assertThat(cells(execution, sheet))
          .hasSizeGreaterThan(7)
          .allSatisfy(
              row ->
                  assertThat(row)
                      .allSatisfy(cell -> assertThat(cell).doesNotMatch("(?s)[=+\\-@\\t].*")));
    }
    String page = text(execution, "chargeback.html");
    assertThat(page).doesNotContain("<img").contains("&lt;img src&#x3D;x onerror");
    assertThat(page.split("</script>", -1)).as("scripts").hasSize(4);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(messages(execution)).hasSize(2));
    assertThat(String.join("", messages(execution))).doesNotContain("<!channel>", "<img");
    assertThat(messages(execution))
        .allSatisfy(message -> assertThat(message.split("```", -1)).hasSize(3));
  }

  @Test
  void isThereWhileSlackAndSheetsAreNotAndCatchesUp() {
    estate();
    lab.world().fault("away", "system", "sheets", "count", -1);
    lab.world().fault("status", "system", "slack", "status", 503, "count", -1);
    Execution execution = succeeded();
    assertThat(lab.bean(Artifacts.class).of(execution.id()))
        .extracting(Artifacts.Artifact::name)
        .contains("chargeback.csv", "chargeback.xlsx", "chargeback.html", "chargeback.json");
    assertThat(messages(execution)).isEmpty();
    assertThat(rows(execution)).isEmpty();
    lab.world().noFaults();
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(messages(execution)).hasSize(2));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(rows(execution))
                    .hasSize(3)
                    .contains(
                        List.of(
                            execution.id(),
                            "finance",
                            String.valueOf(figures(execution).path("day").asText()),
                            "prod",
                            "2",
                            "1",
                            "20",
                            "1",
                            "72",
                            "1.5",
                            "410.5",
                            "427.93",
                            "EUR")));
  }

  @Test
  void showsTheLastTwelveRunsOldestFirst() throws IOException {
    estate();
    List<String> ids = new ArrayList<>();
    for (int run = 0; run < 14; run++) {
      if (run == 13) {
        vm("late", "sales/carol/Production", true, List.of(1, 1, 1), GIB, List.of(GIB));
      }
      ids.add(succeeded().id());
    }
    Execution last = lab.find(ids.get(13));
    List<String> shown = new ArrayList<>();
    for (List<String> row : cells(last, "Trend")) {
      if (row.get(2).equals("sales")) {
        shown.add(row.get(1) + " " + row.get(3));
      }
    }
    List<String> expected = new ArrayList<>();
    for (int run = 2; run < 14; run++) {
      expected.add(ids.get(run) + " " + (run == 13 ? 3 : 2));
    }
    assertThat(shown).isEqualTo(expected);
    // 56.50, and with 1 vCPU, 1 GiB of memory and of disk 69.10.
    assertThat(text(last, "chargeback.html"))
        .contains("\"data\":[56.50,56.50,")
        .contains(",69.10]");
  }

  @Test
  void triesAgainAsAWholeWhenPrismWasAway() {
    estate();
    lab.world().fault("status", "path", ".*/vms", "status", 503, "count", 3);
    Execution execution = succeeded();
    assertThat(lab.steps(execution.id())).startsWith("scan-inventory", "scan-inventory");
  }
}
