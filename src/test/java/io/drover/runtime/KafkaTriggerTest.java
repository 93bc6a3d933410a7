package io.drover.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.drover.crash.Life;
import io.drover.testing.KafkaBroker;
import io.drover.testing.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Each record starts its runbook once, whoever dies meanwhile. */
class KafkaTriggerTest {
  private static final int RECORDS = 500;

  /** So many are fetched at once. */
  private static final int FIRST = 200;

  private static void send(KafkaBroker broker, int from, int to, String vm) throws Exception {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.address());
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (int i = from; i < to; i++) {
        String value =
            i % 20 == 7
                ? "{\"nonsense\":" + i + "}"
                : "{\"system\":\"prod\",\"vm\":\"" + vm + "\",\"record\":" + i + "}";
        producer.send(new ProducerRecord<>("vm-events", "k" + i, value)).get();
      }
    }
  }

  private static Map<String, Integer> started(Lab lab) {
    return lab.started("note-vm", "record");
  }

  @Test
  void eachRecordStartsItsRunbookOnce() throws Exception {
    try (KafkaBroker broker = new KafkaBroker()) {
      broker.start("vm-events");
      List<String> settings =
          List.of(
              "camel.component.kafka.brokers=" + broker.address(),
              // So long the group waits for one that was killed.
              "camel.component.kafka.session-timeout-ms=6000",
              "camel.component.kafka.heartbeat-interval-ms=1000");
      try (Lab lab = Lab.with(1, settings)) {
        // Once in a while a consumer that stops commits by itself what it fetched; it must not.
        assertThat(
                lab.bean(CamelContext.class)
                    .getComponent("kafka", KafkaComponent.class)
                    .getConfiguration()
                    .isAutoCommitEnable())
            .isFalse();
        String vm = lab.world().vms().get(0).extId();
        Files.createDirectories(lab.routes());
        for (String file : List.of("note-vm.schema.json", "kafka.camel.yaml")) {
          Files.copy(Path.of("docs", "examples", file), lab.routes().resolve(file));
        }
        // A process that consumes is killed in the middle, and the broker with it.
        lab.stop();
        send(broker, 0, FIRST, vm);
        Life life = new Life(lab, "note-vm", List.of(), "step-entered@look#25");
        assertThat(life.await("AT step-entered@look#25", Duration.ofSeconds(90))).isTrue();
        life.kill();
        broker.kill();
        broker.start();
        lab.start();
        // Else it did not die between fetching and taking.
        assertThat(started(lab).size()).isLessThan(FIRST - FIRST / 20);
        send(broker, FIRST, 400, vm);
        await().atMost(Duration.ofSeconds(60)).until(() -> started(lab).size() > 210);
        lab.stop();
        broker.kill();
        broker.start();
        lab.start();
        broker.kill();
        broker.start();
        send(broker, 400, RECORDS, vm);
        int good = RECORDS - RECORDS / 20;
        await()
            .atMost(Duration.ofSeconds(90))
            .untilAsserted(() -> assertThat(started(lab)).hasSize(good));
        Map<String, Integer> times = started(lab);
        long twice = times.values().stream().filter(n -> n > 1).count();
        System.out.printf(
            "KAFKA MATRIX: records %d, good ones %d, broker killed 3 times, consumer killed once and"
                + " stopped once: started %d, twice %d%n",
            RECORDS, good, times.size(), twice);
        assertThat(twice).isZero();
      }
    }
  }
}
