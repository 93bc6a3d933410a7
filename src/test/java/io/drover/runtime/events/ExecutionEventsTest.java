package io.drover.runtime.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.catalog.LiveRoutes;
import io.drover.execution.Doctor;
import io.drover.execution.Execution;
import io.drover.execution.Executions;
import io.drover.execution.Outbox;
import io.drover.execution.Outcome;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.drover.testing.KafkaBroker;
import io.drover.testing.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** Starts and ends reach the topic, in order, whoever is away meanwhile; nobody waits for that. */
class ExecutionEventsTest {
  private static final String TOPIC = "drover-executions";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int QUICK = 40;

  private static List<String> settings(KafkaBroker broker, String... more) {
    List<String> all = new ArrayList<>();
    all.add("camel.component.kafka.brokers=" + broker.address());
    all.add("drover.events.kafka.topic=" + TOPIC);
    all.addAll(List.of(more));
    return all;
  }

  private static void drop(Lab lab) throws Exception {
    Files.createDirectories(lab.routes());
    for (String file : List.of("look-at-vm.schema.json", "webhook.camel.yaml")) {
      Files.copy(Path.of("docs", "examples", file), lab.routes().resolve(file));
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                lab.bean(LiveRoutes.class)
                    .find("webhook.camel.yaml")
                    .filter(state -> state.version() != null)
                    .isPresent());
  }

  private static ObjectNode look(Lab lab) {
    return JSON.createObjectNode()
        .put("system", "prod")
        .put("vm", lab.world().vms().get(0).extId());
  }

  private static List<Execution> all(Lab lab) {
    List<Execution> all = new ArrayList<>();
    String cursor = null;
    do {
      Executions.Page page = lab.executions().list(Executions.Filter.ANY, cursor, 200);
      all.addAll(page.rows());
      cursor = page.next();
    } while (cursor != null);
    return all;
  }

  /** Everything in the topic, partition by partition. */
  private static List<ConsumerRecord<String, String>> records(KafkaBroker broker) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
    List<ConsumerRecord<String, String>> records = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(partition -> new TopicPartition(TOPIC, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
    }
    return records;
  }

  private static void awaitDelivery(Lab lab) {
    await().atMost(Duration.ofSeconds(90)).until(() -> lab.bean(Outbox.class).waiting() == 0);
  }

  @Test
  void everyStartAndEndArrivesWhileBrokersComeAndGo() throws Exception {
    try (KafkaBroker broker = new KafkaBroker()) {
      broker.start(TOPIC);
      try (Lab lab = Lab.with(3, settings(broker))) {
        drop(lab);
        List<String> begun = new ArrayList<>();
        for (int i = 0; i < QUICK; i++) {
          begun.add(lab.begin("look-at-vm", look(lab)));
        }
        String[] vms = lab.world().vms().stream().map(vm -> vm.extId()).toArray(String[]::new);
        String window = lab.begin("patch-window", lab.window(vms));
        begun.add(window);
        broker.kill();
        final Instant away = Instant.now();
        for (int i = 0; i < QUICK; i++) {
          begun.add(lab.begin("look-at-vm", look(lab)));
        }
        begun.forEach(id -> assertThat(lab.end(id).outcome()).isEqualTo(Outcome.SUCCEEDED));
        long waiting = lab.bean(Outbox.class).waiting();
        assertThat(waiting).isGreaterThanOrEqualTo(2 * QUICK);
        // Nobody waited for the brokers, which are given 20 s for each event.
        assertThat(Duration.between(away, Instant.now())).isLessThan(Duration.ofSeconds(20));

        lab.restart();
        final String dry =
            lab.bean(Runbooks.class)
                .start(
                    new Runbooks.Start(
                        "look-at-vm",
                        look(lab).toString(),
                        "olga",
                        new Trigger(Trigger.Kind.DRY_RUN, "test"),
                        null,
                        null,
                        null))
                .execution()
                .id();
        lab.end(dry);
        broker.start();
        for (int i = 0; i < QUICK; i++) {
          lab.begin("look-at-vm", look(lab));
        }
        broker.kill();
        broker.start();
        all(lab).forEach(execution -> lab.end(execution.id()));
        awaitDelivery(lab);

        List<ConsumerRecord<String, String>> records = records(broker);
        Map<String, Set<String>> told = new LinkedHashMap<>();
        Map<String, JsonNode> events = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
          JsonNode event = JSON.readTree(record.value());
          assertThat(record.key()).isEqualTo(event.path("execution").asText());
          told.computeIfAbsent(record.key(), id -> new LinkedHashSet<>())
              .add(event.path("type").asText());
          JsonNode before = events.put(event.path("id").asText(), event);
          assertThat(before == null || before.equals(event)).isTrue();
        }
        Set<String> wanted = new LinkedHashSet<>();
        for (Execution execution : all(lab)) {
          if (!execution.dry()) {
            wanted.add(execution.id());
          }
        }
        long inOrder =
            told.values().stream()
                .filter(
                    types ->
                        List.copyOf(types).equals(List.of("execution.started", "execution.ended")))
                .count();
        System.out.printf(
            "EVENTS MATRIX: executions %d, broker killed 2 times, Drover restarted once while it was"
                + " away (%d events waited), dry runs 1: events %d, records %d, started and ended in"
                + " order %d, of dry runs %d%n",
            wanted.size(),
            waiting,
            events.size(),
            records.size(),
            inOrder,
            told.containsKey(dry) ? 1 : 0);
        assertThat(told.keySet()).containsExactlyInAnyOrderElementsOf(wanted);
        assertThat(inOrder).isEqualTo(wanted.size());
        says(lab, window, events);
      }
    }
  }

  /** What stands in the events of a window and of one of its VMs. */
  private static void says(Lab lab, String window, Map<String, JsonNode> events) {
    Execution vm = lab.executions().children(window).get(0);
    JsonNode started = Objects.requireNonNull(events.get(window + "/started"));
    assertThat(started.path("runbook").asText()).isEqualTo("patch-window");
    assertThat(started.path("version").asText()).isEqualTo(lab.find(window).version());
    assertThat(started.path("requester").asText()).isEqualTo("olga");
    assertThat(started.path("trigger").asText()).isEqualTo("OPERATOR");
    assertThat(started.has("parent")).isFalse();
    assertThat(Instant.parse(started.path("time").asText()))
        .isBetween(
            lab.find(window).createdAt().minusSeconds(1),
            lab.find(window).createdAt().plusSeconds(1));
    JsonNode ended = Objects.requireNonNull(events.get(vm.id() + "/ended"));
    assertThat(ended.path("parent").asText()).isEqualTo(window);
    assertThat(ended.path("outcome").asText()).isEqualTo("SUCCEEDED");
    assertThat(ended.path("reason").asText()).isEqualTo(vm.reason());
    assertThat(ended.path("vm").path("extId").asText()).isEqualTo(vm.key());
    assertThat(ended.path("vm").path("system").asText()).isEqualTo("prod");
    assertThat(ended.path("vm").path("name").asText()).isNotEmpty();
    for (JsonNode event : events.values()) {
      assertThat(event.has("inputs")).isFalse();
      assertThat(event.has("result")).isFalse();
    }
  }

  @Test
  void childrenAreLeftOutWhereThatIsSaid() throws Exception {
    try (KafkaBroker broker = new KafkaBroker()) {
      broker.start(TOPIC);
      try (Lab lab = Lab.with(2, settings(broker, "drover.events.kafka.children=false"))) {
        String[] vms = lab.world().vms().stream().map(vm -> vm.extId()).toArray(String[]::new);
        String window = lab.begin("patch-window", lab.window(vms));
        assertThat(lab.end(window).outcome()).isEqualTo(Outcome.SUCCEEDED);
        awaitDelivery(lab);
        assertThat(records(broker)).extracting(ConsumerRecord::key).containsExactly(window, window);
        assertThat(lab.bean(Doctor.class).examine())
            .filteredOn(checkup -> checkup.system().equals("kafka"))
            .allMatch(checkup -> checkup.result() == Doctor.Result.OK)
            .extracting(Doctor.Checkup::check)
            .containsExactlyInAnyOrder("reachable", "credentials", "events");
      }
    }
  }

  @Test
  void theDoctorMissesTheBrokers() {
    try (Lab lab =
        Lab.with(0, List.of("drover.events.kafka.topic=" + TOPIC), "--special-vms=off")) {
      assertThat(lab.bean(Doctor.class).examine())
          .filteredOn(checkup -> checkup.system().equals("kafka"))
          .singleElement()
          .satisfies(
              checkup -> {
                assertThat(checkup.result()).isEqualTo(Doctor.Result.FAILED);
                assertThat(checkup.text()).contains("camel.component.kafka.brokers is not");
              });
    }
  }

  @Test
  void aTopicHasAName() {
    assertThatThrownBy(() -> new EventsProperties("a topic", true))
        .hasMessageContaining("drover.events.kafka.topic: a topic (expected: ");
    assertThat(new EventsProperties(null, true).configured()).isFalse();
    assertThat(new EventsProperties("", true).configured()).isFalse();
  }
}
